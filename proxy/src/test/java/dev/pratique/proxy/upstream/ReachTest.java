package dev.pratique.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachTest {
    @ParameterizedTest(name = "UPS-04: {0} is {1}")
    @CsvSource({
        "203.0.113.7, PUBLIC",
        "2606:4700::1111, PUBLIC",
        "172.32.0.1, PUBLIC",
        "10.0.0.7, PRIVATE",
        "172.16.0.1, PRIVATE",
        "192.168.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "fd12:3456::1, PRIVATE",
        "64:ff9b:1::1, PRIVATE",
        "127.0.0.1, MACHINE",
        "127.9.9.9, MACHINE",
        "::1, MACHINE",
        "::ffff:127.0.0.1, MACHINE",
        "64:ff9b::7f00:1, MACHINE",
        "2002:7f00:1::, MACHINE",
        "169.254.169.254, LINK",
        "::ffff:169.254.169.254, LINK",
        "64:ff9b::a9fe:a9fe, LINK",
        "2002:a9fe:a9fe::1, LINK",
        "fe80::1, LINK",
        "fd00:ec2::254, LINK",
        "100.100.100.200, LINK",
        "168.63.129.16, LINK",
        "0.0.0.0, NOWHERE",
        "0.1.2.3, NOWHERE",
        "192.0.0.192, NOWHERE",
        "224.0.0.1, NOWHERE",
        "255.255.255.255, NOWHERE",
        "::, NOWHERE",
        "ff02::1, NOWHERE",
        "2001::1, NOWHERE"
    })
    void addresses_are_told_apart(String address, Reach reach) throws Exception {
        assertThat(Reach.of(InetAddress.getByName(address))).isEqualTo(reach);
    }

    @ParameterizedTest(name = "UPS-04: from {0} to {1}: {2}")
    @CsvSource({
        "203.0.113.7, 198.51.100.1, true",
        "203.0.113.7, 10.0.0.7, false",
        "203.0.113.7, 127.0.0.1, false",
        "203.0.113.7, 169.254.169.254, false",
        "203.0.113.7, 0.0.0.0, false",
        "10.0.0.7, 10.9.9.9, true",
        "10.0.0.7, 203.0.113.7, true",
        "10.0.0.7, 127.0.0.1, false",
        "10.0.0.7, 169.254.169.254, false",
        "10.0.0.7, fd00:ec2::254, false",
        "127.0.0.1, 127.0.0.2, true",
        "127.0.0.1, 10.0.0.7, true",
        "127.0.0.1, 169.254.169.254, false",
        "127.0.0.1, 0.0.0.0, false",
        "169.254.1.1, 169.254.1.2, true"
    })
    void a_registry_leads_to_the_public_and_to_what_is_as_near_as_itself(String from, String to, boolean may)
            throws Exception {
        assertThat(Reach.mayLead(InetAddress.getByName(from), InetAddress.getByName(to)))
                .isEqualTo(may);
    }
}
