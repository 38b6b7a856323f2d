package dev.pratique.proxy.cli;

/**
 * One row of the demonstration: an image, and what must be said about it.
 *
 * @param image registry, name and tag
 * @param shows what the image is there for, one line
 * @param reason the name of the reason for which it is refused or warned of; empty where there is none
 */
record DemoCase(String image, String shows, Answer answer, String reason, Twist twist) {

    /** What a client gets. */
    enum Answer {
        ADMITTED("admitted"),
        WARNED("admitted, warned"),
        REFUSED("refused"),
        UNDECIDED("undecided"),
        /** The manifest is admitted, and its content is not what it says. */
        CUT("admitted, then cut");

        private final String label;

        Answer(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** What happens around the pull. */
    enum Twist {
        NONE,
        /** A layer is altered on its way from the upstream. */
        TAMPERED,
        /** It is pulled once, then the upstream is switched off, then this is the second pull. */
        SWITCHED_OFF
    }

    static DemoCase admitted(String image, String shows) {
        return new DemoCase(image, shows, Answer.ADMITTED, "", Twist.NONE);
    }

    static DemoCase refused(String image, String shows, String reason) {
        return new DemoCase(image, shows, Answer.REFUSED, reason, Twist.NONE);
    }

    /** What repeats it with crane, where the proxy's registry face is at this host and port. */
    String command(String registry) {
        return twist == Twist.TAMPERED
                ? "crane pull " + registry + "/" + image + " /dev/null"
                : "crane manifest " + registry + "/" + image;
    }
}
