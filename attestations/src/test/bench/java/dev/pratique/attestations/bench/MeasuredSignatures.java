package dev.pratique.attestations.bench;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.pratique.attestations.key.SignatureProvider;
import java.security.Provider;
import java.util.Optional;

/** What the proxy computes with, or with {@code -Dbench.arithmetic=java} what the commands do. */
public final class MeasuredSignatures implements SignatureProvider {
    @Override
    public Optional<Provider> open() {
        boolean java = System.getProperty("bench.arithmetic", "native").equals("java");
        return java ? Optional.empty() : Optional.of(AmazonCorrettoCryptoProvider.INSTANCE);
    }
}
