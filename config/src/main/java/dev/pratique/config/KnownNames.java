package dev.pratique.config;

import dev.pratique.config.yaml.NearestName;
import dev.pratique.config.yaml.Value;
import java.util.Collection;
import java.util.Set;

/**
 * The names of one kind that a file defines for the others.
 *
 * @param defined where they are defined, for people
 * @param readable whether the file could be read; where not, no name is complained about
 */
record KnownNames(String kind, String defined, Set<String> names, boolean readable) {
    KnownNames {
        names = Set.copyOf(names);
    }

    static KnownNames of(String kind, String defined, Collection<String> names) {
        return new KnownNames(kind, defined, Set.copyOf(names), true);
    }

    static KnownNames unreadable(String kind, String defined) {
        return new KnownNames(kind, defined, Set.of(), false);
    }

    /** Complains about a name that is not known. */
    void check(Value name) {
        if (readable && !names.contains(name.text())) {
            String hint = names.isEmpty() ? "there is none yet" : NearestName.hint(name.text(), names);
            name.refuse(name.quoted() + " is no " + kind + " of " + defined, hint);
        }
    }
}
