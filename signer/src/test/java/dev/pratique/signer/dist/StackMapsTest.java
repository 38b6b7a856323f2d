package dev.pratique.signer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StackMapsTest {
    @TempDir
    Path directory;

    @Test
    void classes_of_java_5_become_checkable_and_everything_else_stays_as_it_is() throws Exception {
        Path given = Path.of(CommandLine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path jar = Files.copy(given, directory.resolve("a.jar"));
        StackMaps.main(new String[] {jar.toString()});
        int mapped = 0;
        try (ZipFile before = new ZipFile(given.toFile());
                ZipFile after = new ZipFile(jar.toFile())) {
            Set<String> expected = names(before);
            expected.add(StackMaps.NOTICE_FILE);
            assertThat(names(after)).isEqualTo(expected);
            assertThat(new String(read(after, StackMaps.NOTICE_FILE), StandardCharsets.UTF_8))
                    .contains("picocli", "Apache License 2.0", "were changed");
            for (String name : names(before)) {
                byte[] old = read(before, name);
                byte[] made = read(after, name);
                if (name.startsWith("picocli/") && name.endsWith(".class")) {
                    assertThat(StackMaps.version(old)).isEqualTo(49);
                    assertThat(StackMaps.version(made)).isEqualTo(52);
                    mapped++;
                } else {
                    assertThat(made).isEqualTo(old);
                }
            }
        }
        assertThat(mapped).isPositive();
    }

    /** The JVM checks the maps when it links a class: a wrong one is a VerifyError. */
    @Test
    void the_jvm_takes_the_maps() throws Exception {
        ClassLoader loader = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                try (InputStream in =
                        CommandLine.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] made = StackMaps.mapped(in.readAllBytes(), CommandLine.class.getClassLoader());
                    return defineClass(name, made, 0, made.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        };
        for (Class<?> nested : CommandLine.class.getDeclaredClasses()) {
            Class<?> made = Class.forName(nested.getName(), true, loader);
            assertThat(made).isNotSameAs(nested);
            assertThat(made.getClassLoader()).isSameAs(loader);
        }
    }

    private static Set<String> names(ZipFile file) {
        Set<String> names = new TreeSet<>();
        file.stream().forEach(entry -> names.add(entry.getName()));
        return names;
    }

    private static byte[] read(ZipFile file, String name) throws IOException {
        try (InputStream in = file.getInputStream(file.getEntry(name))) {
            return in.readAllBytes();
        }
    }
}
