package dev.pratique.signer.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Pkcs11UriTest {
    @Test
    void readsEveryAttributeThatItUnderstands() throws Exception {
        Pkcs11Uri uri =
                Pkcs11Uri.parse("pkcs11:token=a%20b;manufacturer=m;model=o;serial=1;slot-id=18446;object=k%C3%A9y;"
                        + "id=%00%ff0;type=private?module-path=/lib/x.so&module-name=x&pin-source=file:/run/pin");
        assertThat(uri.token()).contains("a b");
        assertThat(uri.manufacturer()).contains("m");
        assertThat(uri.model()).contains("o");
        assertThat(uri.serial()).contains("1");
        assertThat(uri.slot()).contains(18446L);
        assertThat(uri.object()).contains("k\u00e9y");
        assertThat(uri.id()).contains(new byte[] {0, -1, '0'});
        assertThat(uri.modulePath()).contains("/lib/x.so");
        assertThat(uri.moduleName()).contains("x");
        assertThat(uri.pinSource()).contains("file:/run/pin");
        assertThat(uri.key()).isEqualTo("'k?y' (id 00ff30)");
    }

    @Test
    void readsTheEmptyOne() throws Exception {
        Pkcs11Uri uri = Pkcs11Uri.parse("pkcs11:");
        assertThat(uri.namesKey()).isFalse();
        assertThat(uri.namesToken()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "pkcs11:tokn=x | 'tokn' is none that is understood",
                "pkcs11:token | 'token' is none that is understood",
                "pkcs11:token=a;token=b | 'token' is there twice",
                "pkcs11:token=a;;object=b | '' is none that is understood",
                "pkcs11:pin-source=x | 'pin-source' is none that is understood",
                "pkcs11:token=a?object=b | 'object' is none that is understood",
                "pkcs11:library-version=3 | 'library-version' is none that is understood",
                "pkcs11:x-vendor=3 | 'x-vendor' is none that is understood",
                "pkcs11:slot-id=-1 | its slot-id is a number",
                "pkcs11:slot-id=9999999999999999999 | its slot-id is a number",
                "pkcs11:type=public;object=a | its type is 'private'",
                "pkcs11:token=%e | followed by two hexadecimal digits",
                "pkcs11:token=%zz | followed by two hexadecimal digits",
                "pkcs11:token=%ff | is UTF-8",
                "PKCS11:token=a | it begins with pkcs11:"
            })
    void refusesWhatItDoesNotUnderstand(String uri, String text) {
        Failure failure = catchThrowableOfType(Failure.class, () -> Pkcs11Uri.parse(uri));
        assertThat(failure.kind()).isEqualTo(Kind.USAGE);
        assertThat(failure.what()).contains(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pkcs11:object=a?pin-value=98761", "pkcs11:?module-path=/x&pin-value=98761"})
    void refusesAPinThatEverybodySees(String uri) {
        Failure failure = catchThrowableOfType(Failure.class, () -> Pkcs11Uri.parse(uri));
        assertThat(failure.kind()).isEqualTo(Kind.USAGE);
        assertThat(failure.what()).contains("a PIN does not belong into a command line");
        assertThat(failure.what() + failure.hint()).doesNotContain("98761");
    }

    @Test
    void refusesALongOne() {
        Failure failure =
                catchThrowableOfType(Failure.class, () -> Pkcs11Uri.parse("pkcs11:token=" + "a".repeat(5000)));
        assertThat(failure.kind()).isEqualTo(Kind.USAGE);
    }
}
