package dev.pratique.signer.keys.pkcs11;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A module's functions, called as C has them (PKCS #11 version 2.40, section 5). Bytes come in and go out; nothing of what a
 * module answers is believed to be shorter than its limit here. To be entered by one thread.
 */
final class Cryptoki {
    /** Longest attribute, signature or list that is taken. */
    private static final int MAX_BYTES = 64 << 10;

    private static final int MAX_SLOTS = 256;
    private static final int MAX_OBJECTS = 256;
    private static final int WORD = Structures.WORD;
    private static final long UNAVAILABLE = -1;
    /** On Linux RTLD_NOW alone: the module's names stay its own. */
    private static final Map<String, Integer> LOADING = Map.of(Library.OPTION_OPEN_FLAGS, 2);

    private final Pointer functions;

    /** The place of a function in CK_FUNCTION_LIST, whose order the specification fixes. */
    private enum Call {
        INITIALIZE(0),
        GET_SLOT_LIST(4),
        GET_TOKEN_INFO(6),
        OPEN_SESSION(12),
        LOGIN(18),
        CREATE_OBJECT(20),
        DESTROY_OBJECT(22),
        GET_ATTRIBUTE_VALUE(24),
        FIND_OBJECTS_INIT(26),
        FIND_OBJECTS(27),
        FIND_OBJECTS_FINAL(28),
        SIGN_INIT(42),
        SIGN(43),
        GENERATE_KEY_PAIR(59);

        private final int place;

        Call(int place) {
            this.place = place;
        }
    }

    private Cryptoki(Pointer functions) {
        this.functions = functions;
    }

    /** Loads a module and starts it. */
    static Cryptoki load(Path module) throws Failure {
        try {
            if (Native.POINTER_SIZE != WORD || Native.LONG_SIZE != WORD) {
                throw Failure.of(
                        Kind.FAILED,
                        "PKCS#11 modules are used on 64-bit Linux and macOS alone",
                        "sign on such a machine, or with a key that is kept elsewhere (docs/keys.md)");
            }
            NativeLibrary library = NativeLibrary.getInstance(module.toString(), LOADING);
            Memory list = Structures.zeros(WORD);
            long answer = library.getFunction("C_GetFunctionList").invokeLong(new Object[] {list});
            Pointer functions = list.getPointer(0);
            if (answer != ReturnValue.OK || functions == null) {
                throw notAModule(module);
            }
            Cryptoki cryptoki = new Cryptoki(functions);
            cryptoki.initialize();
            return cryptoki;
        } catch (UnsatisfiedLinkError e) {
            throw notAModule(module).because(e);
        } catch (NoClassDefFoundError e) {
            throw Failure.of(
                            Kind.FAILED,
                            "this Java runtime cannot call native libraries",
                            "it must be able to write and execute files in its temporary directory;"
                                    + " JAVA_TOOL_OPTIONS=-Djna.tmpdir=DIR names another")
                    .because(e);
        }
    }

    private static Failure notAModule(Path module) {
        return Failure.of(
                Kind.FAILED,
                module + " is no PKCS#11 module that can be loaded here",
                "is it built for this machine, and are the libraries there that it needs? 'ldd' shows them");
    }

    private void initialize() throws Failure {
        // CK_C_INITIALIZE_ARGS with CKF_OS_LOCKING_OK: the Java runtime has other threads.
        Memory arguments = Structures.zeros(6 * WORD);
        arguments.setLong(4 * WORD, 2);
        long answer = call(Call.INITIALIZE, arguments);
        if (answer == ReturnValue.CANT_LOCK) {
            answer = call(Call.INITIALIZE, (Object) null);
        }
        if (answer != ReturnValue.CRYPTOKI_ALREADY_INITIALIZED) {
            ReturnValue.check(answer, "starting the PKCS#11 module");
        }
    }

    /** The tokens that are there, initialised or not. */
    List<TokenInfo> tokens() throws Failure {
        Memory count = Structures.zeros(WORD);
        ReturnValue.check(call(Call.GET_SLOT_LIST, (byte) 1, null, count), "looking for tokens");
        long slots = Math.min(Math.max(count.getLong(0), 0), MAX_SLOTS);
        if (slots == 0) {
            return List.of();
        }
        Memory list = Structures.zeros(slots * WORD);
        count.setLong(0, slots);
        ReturnValue.check(call(Call.GET_SLOT_LIST, (byte) 1, list, count), "looking for tokens");
        List<TokenInfo> tokens = new ArrayList<>();
        for (int i = 0; i < Math.min(slots, count.getLong(0)); i++) {
            tokens.add(token(list.getLong((long) i * WORD)));
        }
        return tokens;
    }

    /** What is in a slot now; its flags change with every wrong PIN. */
    TokenInfo token(long slot) throws Failure {
        Memory info = Structures.zeros(512);
        ReturnValue.check(call(Call.GET_TOKEN_INFO, slot, info), "asking a token who it is");
        return new TokenInfo(
                slot,
                padded(info, 0, 32),
                padded(info, 32, 32),
                padded(info, 64, 16),
                padded(info, 80, 16),
                info.getLong(96));
    }

    private static String padded(Memory info, int at, int length) {
        return new String(info.getByteArray(at, length), StandardCharsets.UTF_8).stripTrailing();
    }

    long openSession(long slot, boolean writing) throws Failure {
        Memory session = Structures.zeros(WORD);
        long flags = writing ? 6 : 4;
        ReturnValue.check(call(Call.OPEN_SESSION, slot, flags, null, null, session), "opening a session");
        return session.getLong(0);
    }

    /**
     * @param user CKU_USER 1, CKU_CONTEXT_SPECIFIC 2
     * @param pin null where it is typed at the token
     * @return CKR_...
     */
    long login(long session, long user, byte @Nullable [] pin) {
        if (pin == null) {
            return call(Call.LOGIN, session, user, null, 0L);
        }
        Memory copy = Structures.memory(pin);
        try {
            return call(Call.LOGIN, session, user, copy, (long) pin.length);
        } finally {
            copy.clear();
        }
    }

    /** Handles of the objects that have all of these attributes. */
    List<Long> find(long session, List<Attribute> wanted) throws Failure {
        ReturnValue.check(
                call(Call.FIND_OBJECTS_INIT, session, Structures.template(wanted), (long) wanted.size()),
                "looking for keys");
        Memory handles = Structures.zeros(MAX_OBJECTS * WORD);
        Memory count = Structures.zeros(WORD);
        List<Long> found = new ArrayList<>();
        try {
            do {
                ReturnValue.check(
                        call(Call.FIND_OBJECTS, session, handles, (long) MAX_OBJECTS - found.size(), count),
                        "looking for keys");
                for (int i = 0; i < Math.min(count.getLong(0), MAX_OBJECTS - found.size()); i++) {
                    found.add(handles.getLong((long) i * WORD));
                }
            } while (count.getLong(0) > 0 && found.size() < MAX_OBJECTS);
        } finally {
            call(Call.FIND_OBJECTS_FINAL, session);
        }
        return found;
    }

    /** The value of an attribute; none where the object has it not or does not show it. */
    byte[] attribute(long session, long object, long type) throws Failure {
        Memory asked = Structures.zeros(3 * WORD);
        asked.setLong(0, type);
        long answer = call(Call.GET_ATTRIBUTE_VALUE, session, object, asked, 1L);
        long length = asked.getLong(2 * WORD);
        boolean hidden = answer == ReturnValue.ATTRIBUTE_SENSITIVE || answer == ReturnValue.ATTRIBUTE_TYPE_INVALID;
        if (hidden || length == UNAVAILABLE || answer == ReturnValue.OK && length == 0) {
            return new byte[0];
        }
        ReturnValue.check(answer, "reading a key's attributes");
        if (length < 0 || length > MAX_BYTES) {
            throw Failure.of(
                    Kind.FAILED,
                    "the token has an attribute of more than " + MAX_BYTES + " bytes",
                    "a token that works has none: update its module, or name another with module-path");
        }
        Memory value = Structures.zeros(length);
        asked.setPointer(WORD, value);
        ReturnValue.check(call(Call.GET_ATTRIBUTE_VALUE, session, object, asked, 1L), "reading a key's attributes");
        return value.getByteArray(0, (int) Math.min(Math.max(asked.getLong(2 * WORD), 0), length));
    }

    long signInit(long session, long mechanism, long key) {
        return call(Call.SIGN_INIT, session, Structures.mechanism(mechanism), key);
    }

    byte[] sign(long session, byte[] data) throws Failure {
        Memory signature = Structures.zeros(MAX_BYTES);
        Memory length = Structures.zeros(WORD);
        length.setLong(0, MAX_BYTES);
        ReturnValue.check(
                call(Call.SIGN, session, Structures.memory(data), (long) data.length, signature, length),
                "signing on the token");
        return signature.getByteArray(0, (int) Math.min(Math.max(length.getLong(0), 0), MAX_BYTES));
    }

    /** A new key on the token: the handle of its private half. */
    long generate(long session, long mechanism, List<Attribute> publicHalf, List<Attribute> privateHalf)
            throws Failure {
        Memory handles = Structures.zeros(2 * WORD);
        long answer = call(
                Call.GENERATE_KEY_PAIR,
                session,
                Structures.mechanism(mechanism),
                Structures.template(publicHalf),
                (long) publicHalf.size(),
                Structures.template(privateHalf),
                (long) privateHalf.size(),
                handles,
                handles.share(WORD));
        ReturnValue.check(answer, "making a key on the token");
        return handles.getLong(WORD);
    }

    void create(long session, List<Attribute> object) throws Failure {
        ReturnValue.check(
                call(
                        Call.CREATE_OBJECT,
                        session,
                        Structures.template(object),
                        (long) object.size(),
                        Structures.zeros(WORD)),
                "writing to the token");
    }

    void destroy(long session, long object) throws Failure {
        ReturnValue.check(call(Call.DESTROY_OBJECT, session, object), "removing from the token");
    }

    // CK_FUNCTION_LIST begins with a version of two bytes, which the first pointer's alignment makes eight.
    private long call(Call call, @Nullable Object... arguments) {
        Pointer function = functions.getPointer((1L + call.place) * WORD);
        return Function.getFunction(function).invokeLong(arguments);
    }
}
