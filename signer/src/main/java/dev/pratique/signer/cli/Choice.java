package dev.pratique.signer.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One of a few words, as people write them. */
record Choice<E extends Enum<E>>(E[] values) implements ITypeConverter<E> {
    @Override
    public E convert(String text) {
        return Arrays.stream(values)
                .filter(value -> value.toString().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("it is one of "
                        + Arrays.stream(values).map(Enum::toString).collect(Collectors.joining(", "))
                        + ", not '" + text + "'"));
    }
}
