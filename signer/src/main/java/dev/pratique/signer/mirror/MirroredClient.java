package dev.pratique.signer.mirror;

import java.util.List;

/** A program that pulls images. */
public interface MirroredClient {
    /** As in {@code pratique mirror NAME}. */
    String name();

    /** Where the client looks for its files: an absolute path. */
    String directory();

    List<ClientFile> files(Wanted wanted);

    /** What to do with the files, line by line. */
    List<String> steps(Wanted wanted);

    /** What the client does all the same, and what helps: never empty, line by line. */
    List<String> loopholes(Wanted wanted);
}
