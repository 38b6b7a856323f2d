/** Keys behind programs of others: Sigstore's protocol for key services (sigstore/sigstore, pkg/signature/kms/cliplugin). */
@NullMarked
package dev.pratique.signer.keys.plugin;

import org.jspecify.annotations.NullMarked;
