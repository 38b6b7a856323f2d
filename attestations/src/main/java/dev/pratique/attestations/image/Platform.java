package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Operating system and processor (image-spec, image-index.md, {@code platform}).
 *
 * @param os for example {@code linux}
 * @param architecture Go's name, for example {@code arm64}
 * @param variant for example {@code v8}, or null
 */
public record Platform(
        String os, String architecture, @Nullable String variant) implements Comparable<Platform> {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    /** What a stranger's document may say; cosign's own configurations leave both empty. */
    private static final Pattern CLAIMED = Pattern.compile("[A-Za-z0-9_.-]{0,64}");

    /** {@code os/architecture[/variant]}. */
    public static Platform parse(String text) throws MalformedEvidenceException {
        String[] parts = text.split("/", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new MalformedEvidenceException("not a platform, as in linux/amd64");
        }
        for (String part : parts) {
            if (!PART.matcher(part).matches()) {
                throw new MalformedEvidenceException("not a platform, as in linux/amd64");
            }
        }
        return of(parts[0], parts[1], parts.length == 3 ? parts[2] : null);
    }

    /** The normal form: arm64's only variant v8 is left out, as containerd and Docker do. */
    public static Platform of(String os, String architecture, @Nullable String variant) {
        boolean implied = variant == null || variant.isEmpty() || architecture.equals("arm64") && variant.equals("v8");
        return new Platform(os, architecture, implied ? null : variant);
    }

    static Platform from(JsonObject json) throws MalformedEvidenceException {
        String os = json.getString("os");
        String architecture = json.getString("architecture");
        String variant = json.findString("variant").orElse(null);
        // image-spec image-index.md: values SHOULD be those of Go's GOOS and GOARCH. They are shown to people.
        if (!CLAIMED.matcher(os).matches()
                || !CLAIMED.matcher(architecture).matches()
                || variant != null && !CLAIMED.matcher(variant).matches()) {
            throw new MalformedEvidenceException("the platform has characters or a length that no platform has");
        }
        return of(os, architecture, variant);
    }

    /** An index entry without a runnable platform, as BuildKit writes for its attestations. */
    public boolean unknown() {
        return os.equals("unknown") && architecture.equals("unknown");
    }

    @Override
    public int compareTo(Platform other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant == null ? "" : "/" + variant);
    }
}
