package dev.pratique.signer.publish;

/** What we want to do in a repository. */
enum Access {
    PULL("pull", "read"),
    PUSH("pull,push", "write");

    private final String actions;
    private final String verb;

    Access(String actions, String verb) {
        this.actions = actions;
        this.verb = verb;
    }

    /** As a token's scope names it. */
    String actions() {
        return actions;
    }

    String verb() {
        return verb;
    }
}
