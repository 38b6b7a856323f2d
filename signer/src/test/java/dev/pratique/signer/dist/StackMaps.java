package dev.pratique.signer.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Gives the class files of a jar that are older than Java 6 the stack maps of newer ones (JVMS 4.7.4), at build time. Without
 * them the JVM infers every type anew in each process (JVMS 4.10.2), and its ahead-of-time cache leaves the class out: picocli's
 * are of Java 5, and a command that reads its options takes 20 ms longer on Java 17 and 35 ms on Java 25. What the classes do
 * stays.
 */
public final class StackMaps {
    /** JVMS 4.10: "Class files whose version number is greater than or equal to 50.0 must be verified using the typechecking rules". */
    private static final int FIRST_CHECKED = 50;

    static final String NOTICE_FILE = "META-INF/CHANGED-CLASSES";
    /** Apache License 2.0, section 4(b): "modified files to carry prominent notices stating that You changed the files". */
    private static final String NOTICE = """
            Classes of packages picocli and com.nimbusds.jose in this jar, both under the Apache License 2.0, were changed when it
            was built: those of class file versions before 50 were written again as version 52 with the stack maps that it asks for.
            What they do was not changed.
            """;

    private StackMaps() {}

    /** @param arguments the jar, which is replaced */
    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        Path made = jar.resolveSibling(jar.getFileName() + ".new");
        int added = 0;
        try (ZipFile from = new ZipFile(jar.toFile());
                URLClassLoader classes =
                        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
                OutputStream file = new BufferedOutputStream(Files.newOutputStream(made));
                ZipOutputStream to = new ZipOutputStream(file)) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                byte[] bytes = from.getInputStream(entry).readAllBytes();
                if (entry.getName().endsWith(".class") && version(bytes) < FIRST_CHECKED) {
                    bytes = mapped(bytes, classes);
                    added++;
                }
                put(to, entry.getName(), entry.getTime(), bytes);
            }
            if (added > 0) {
                put(to, NOTICE_FILE, jar.toFile().lastModified(), NOTICE.getBytes(StandardCharsets.UTF_8));
            }
        }
        Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        System.out.println("[INFO] stack maps for " + added + " classes that are older than Java 6");
    }

    private static void put(ZipOutputStream to, String name, long time, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(time);
        to.putNextEntry(entry);
        to.write(bytes);
        to.closeEntry();
    }

    static int version(byte[] classFile) {
        return (classFile[6] & 0xff) << 8 | classFile[7] & 0xff;
    }

    static byte[] mapped(byte[] classFile, ClassLoader beside) {
        ClassWriter made = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected ClassLoader getClassLoader() {
                return beside;
            }
        };
        ClassVisitor newer = new ClassVisitor(Opcodes.ASM9, made) {
            @Override
            public void visit(
                    int version, int access, String name, String signature, String above, String[] interfaces) {
                super.visit(Opcodes.V1_8, access, name, signature, above, interfaces);
            }
        };
        new ClassReader(classFile).accept(newer, ClassReader.SKIP_FRAMES);
        return made.toByteArray();
    }
}
