package dev.pratique.signer.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class Version implements IVersionProvider {
    private static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** What we call ourselves to a registry. */
    static String userAgent() {
        return "pratique/" + number();
    }

    @Override
    public String[] getVersion() {
        return new String[] {"pratique " + number()};
    }
}
