package dev.pratique.signer.keys.pkcs11;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** How PKCS #11's structures lie in the memory of a 64-bit machine (version 2.40, section 2 and 3). */
final class Structures {
    /** Bytes of a CK_ULONG and of a pointer. */
    static final int WORD = 8;

    private Structures() {}

    /** A CK_ULONG. */
    static byte[] ulong(long value) {
        return ByteBuffer.allocate(WORD)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }

    /** A CK_MECHANISM without a parameter. */
    static Memory mechanism(long type) {
        Memory mechanism = zeros(3 * WORD);
        mechanism.setLong(0, type);
        return mechanism;
    }

    /** CK_ATTRIBUTEs with their values behind them in one piece of memory, which lives as long as any of it is in use. */
    static Memory template(List<Attribute> attributes) {
        long values = (long) attributes.size() * 3 * WORD;
        long end = values;
        for (Attribute attribute : attributes) {
            end += aligned(attribute.value().length);
        }
        Memory template = zeros(end + WORD);
        long at = 0;
        for (Attribute attribute : attributes) {
            byte[] value = attribute.value();
            template.setLong(at, attribute.type());
            template.setPointer(at + WORD, template.share(values));
            template.setLong(at + 2 * WORD, value.length);
            template.write(values, value, 0, value.length);
            values += aligned(value.length);
            at += 3 * WORD;
        }
        return template;
    }

    private static long aligned(int length) {
        return (length + WORD - 1L) / WORD * WORD;
    }

    static Memory memory(byte[] bytes) {
        Memory memory = new Memory(Math.max(bytes.length, 1));
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }

    static Memory zeros(long bytes) {
        Memory memory = new Memory(bytes);
        memory.clear();
        return memory;
    }
}
