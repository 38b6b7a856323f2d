package dev.pratique.signer.provenance;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.provenance.DockerfileText.Instruction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The images that a Dockerfile builds from: those of the stage that is built and of the stages that this one needs, as BuildKit
 * builds no others.
 *
 * @param images in the order of the file
 * @param unknown what names an image that cannot be known from here, for people
 */
public record Dockerfile(List<UsedImage> images, List<String> unknown) {
    public static final int MAX_BYTES = 1 << 20;

    private static final int MAX_STAGES = 1000;
    private static final Pattern FROM =
            Pattern.compile("(?:--\\S+\\s+)*(\\S+)(?:\\s+[aA][sS]\\s+(\\S+))?\\s*", Pattern.DOTALL);
    private static final Pattern COPY_FROM = Pattern.compile("(?:^|\\s)--from=(\\S+)");
    private static final Pattern MOUNT = Pattern.compile("(?:^|\\s)--mount=(\\S+)");

    public Dockerfile {
        images = List.copyOf(images);
        unknown = List.copyOf(unknown);
    }

    /** A stage: what it stands on, and what it copies from. */
    private record Stage(String name, List<Need> needs) {}

    /** Something that a stage needs, as it is written after variables were put in; absent where one is not known. */
    private record Need(int line, String written, Optional<String> meant) {}

    /**
     * Reads it.
     *
     * @param name of the file, for messages
     * @param arguments of {@code --build-arg}
     * @param target the stage that is built; absent: the last
     */
    public static Dockerfile parse(String text, String name, Map<String, String> arguments, Optional<String> target)
            throws Failure {
        List<Stage> stages;
        try {
            stages = stages(DockerfileText.instructions(text), new BuildArguments(arguments));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            name + " cannot be read: " + e.getMessage(),
                            "it is UTF-8 text; is it the file that was meant?")
                    .because(e);
        }
        if (stages.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    name + " is no Dockerfile: it has no FROM",
                    "is it the file that was meant? --dockerfile names it");
        }
        int last = target.isEmpty() ? stages.size() - 1 : find(stages, target.get(), stages.size());
        if (last < 0) {
            throw Failure.of(
                    Kind.USAGE, name + " has no stage '" + Printable.line(target.orElse("")) + "'", "see --target");
        }
        return of(stages, last, name);
    }

    private static List<Stage> stages(List<Instruction> instructions, BuildArguments arguments)
            throws MalformedEvidenceException {
        List<Stage> stages = new ArrayList<>();
        for (Instruction instruction : instructions) {
            switch (instruction.word()) {
                case "ARG" -> {
                    // Only what is declared before the first FROM can be part of one.
                    if (stages.isEmpty()) {
                        arguments.declare(instruction.rest());
                    }
                }
                case "FROM" -> stages.add(stage(instruction, arguments));
                case "COPY", "ADD" -> need(instruction, COPY_FROM, stages);
                case "RUN" -> need(instruction, MOUNT, stages);
                default -> {}
            }
            if (stages.size() > MAX_STAGES) {
                throw new MalformedEvidenceException("it has more than " + MAX_STAGES + " stages");
            }
        }
        return stages;
    }

    private static Stage stage(Instruction from, BuildArguments arguments) throws MalformedEvidenceException {
        Matcher parts = FROM.matcher(from.rest());
        if (!parts.matches()) {
            throw new MalformedEvidenceException("line " + from.line() + " is not a FROM");
        }
        String written = parts.group(1);
        String name = parts.group(2) == null ? "" : parts.group(2).toLowerCase(Locale.ROOT);
        List<Need> needs = new ArrayList<>();
        needs.add(new Need(from.line(), written, arguments.expand(written)));
        return new Stage(name, needs);
    }

    private static void need(Instruction instruction, Pattern option, List<Stage> stages) {
        Matcher found = option.matcher(instruction.options());
        while (found.find() && !stages.isEmpty()) {
            String value = found.group(1);
            if (option.equals(MOUNT)) {
                value = List.of(value.split(",")).stream()
                        .filter(part -> part.startsWith("from="))
                        .map(part -> part.substring("from=".length()))
                        .findFirst()
                        .orElse("");
            }
            if (!value.isEmpty()) {
                boolean plain = value.indexOf('$') < 0;
                Optional<String> meant = plain ? Optional.of(value) : Optional.empty();
                stages.get(stages.size() - 1).needs().add(new Need(instruction.line(), value, meant));
            }
        }
    }

    private static Dockerfile of(List<Stage> stages, int target, String name) {
        Set<Integer> built = new LinkedHashSet<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(target));
        while (!next.isEmpty()) {
            int stage = next.remove();
            if (built.add(stage)) {
                for (Need need : stages.get(stage).needs()) {
                    int other =
                            need.meant().map(text -> find(stages, text, stage)).orElse(-1);
                    if (other >= 0) {
                        next.add(other);
                    }
                }
            }
        }
        Set<UsedImage> images = new LinkedHashSet<>();
        List<String> unknown = new ArrayList<>();
        built.stream().sorted().forEach(stage -> {
            for (Need need : stages.get(stage).needs()) {
                Optional<UsedImage> image = need.meant().flatMap(Dockerfile::image);
                boolean inside = need.meant()
                        .filter(text -> text.equals("scratch") || find(stages, text, stage) >= 0)
                        .isPresent();
                if (image.isPresent() && !inside) {
                    images.add(image.get());
                } else if (!inside) {
                    unknown.add(name + ":" + need.line() + ": " + Printable.line(need.written()));
                }
            }
        });
        return new Dockerfile(List.copyOf(images), unknown);
    }

    private static Optional<UsedImage> image(String text) {
        try {
            return Optional.of(UsedImage.parse(text));
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    /** The last stage before this one of that name or number; -1 where there is none, and the text names an image. */
    private static int find(List<Stage> stages, String text, int before) {
        String folded = text.toLowerCase(Locale.ROOT);
        for (int i = before - 1; i >= 0; i--) {
            if (!folded.isEmpty() && stages.get(i).name().equals(folded)) {
                return i;
            }
        }
        if (text.matches("[0-9]{1,4}")) {
            int number = Integer.parseInt(text);
            return number < before ? number : -1;
        }
        return -1;
    }
}
