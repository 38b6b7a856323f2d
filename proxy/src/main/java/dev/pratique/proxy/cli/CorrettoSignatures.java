package dev.pratique.proxy.cli;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.pratique.attestations.key.SignatureProvider;
import java.security.Provider;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy's arithmetic for signatures: AWS-LC, through Amazon's provider, which is not installed in the Java runtime. A
 * service, named in META-INF/services; the signer has none.
 */
public final class CorrettoSignatures implements SignatureProvider {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");

    @Override
    public Optional<Provider> open() {
        try {
            return Optional.of(Library.loaded());
        } catch (LinkageError | IllegalStateException e) {
            LOG.warn(
                    "there is no native library for signatures here ({}): they are verified in Java, which takes longer",
                    e.getClass().getSimpleName());
            LOG.debug("the native library for signatures", e);
            return Optional.empty();
        }
    }

    /** A class of its own: the one around it can be made where the library's jar was left out. */
    private static final class Library {
        /** @throws LinkageError where its jar was left out */
        static Provider loaded() {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            Throwable failure = provider.getLoadingError();
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            return provider;
        }
    }
}
