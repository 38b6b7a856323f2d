package dev.pratique.config;

import dev.pratique.config.yaml.Complaints;
import dev.pratique.config.yaml.Place;
import java.util.ArrayList;
import java.util.List;

/** Collects all that is wrong. */
class Problems implements Complaints {
    private final List<Problem> found = new ArrayList<>();

    @Override
    public void add(Place place, String path, String what, String hint) {
        String said = place.variable().isEmpty() ? what : place.variable() + ": " + what;
        found.add(new Problem(place.file(), place.line(), path, said, hint));
    }

    final List<Problem> found() {
        return List.copyOf(found);
    }
}
