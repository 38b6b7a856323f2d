package dev.pratique.attestations.key;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;

/** Verifies every signature with the same result: "true", "false" or "throws". */
final class OneAnswer extends SignatureSpi {
    private final String answer;

    OneAnswer(String answer) {
        this.answer = answer;
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
        if (answer.equals("throws")) {
            throw new SignatureException("for tests");
        }
        return Boolean.parseBoolean(answer);
    }

    @Override
    protected void engineInitVerify(PublicKey key) {}

    @Override
    protected void engineInitSign(PrivateKey key) {}

    @Override
    protected void engineUpdate(byte b) {}

    @Override
    protected void engineUpdate(byte[] bytes, int from, int count) {}

    @Override
    protected byte[] engineSign() {
        throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
        throw new UnsupportedOperationException();
    }
}
