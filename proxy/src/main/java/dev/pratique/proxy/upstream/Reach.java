package dev.pratique.proxy.upstream;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * From where an address can be reached. A registry must not make us ask services that trust whoever reaches them: our own
 * ports, the metadata service of a cloud, what stands behind the operator's firewall.
 */
enum Reach {
    PUBLIC,
    /** RFC 1918, RFC 4193, RFC 6598: inside somebody's network. */
    PRIVATE,
    /** This machine. */
    MACHINE,
    /** This link, and what clouds answer only to the machine that asks. */
    LINK,
    /** No single machine: the unspecified address, multicast, broadcast, what is reserved. */
    NOWHERE;

    /** AWS answers here over IPv6 (fd00:ec2::254), Alibaba and Azure at addresses that look like others'. */
    private static final byte[] METADATA_V6 = {(byte) 0xfd, 0, 0x0e, (byte) 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54
    };

    private static final int METADATA_ALIBABA = v4(100, 100, 100, 200);
    private static final int METADATA_AZURE = v4(168, 63, 129, 16);

    /**
     * Whether a registry at one address may send us to another: to a public one always, to a less public one only from
     * within.
     */
    static boolean mayLead(InetAddress from, InetAddress to) {
        Reach origin = of(from);
        return switch (of(to)) {
            case PUBLIC -> true;
            case PRIVATE -> origin != PUBLIC && origin != NOWHERE;
            case MACHINE -> origin == MACHINE;
            case LINK -> origin == LINK;
            case NOWHERE -> false;
        };
    }

    static Reach of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? ofV4(bytes, 0) : ofV6(bytes);
    }

    private static Reach ofV4(byte[] bytes, int at) {
        int address = v4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
        if (address == METADATA_ALIBABA || address == METADATA_AZURE || within(address, v4(169, 254, 0, 0), 16)) {
            return LINK;
        }
        if (within(address, v4(127, 0, 0, 0), 8)) {
            return MACHINE;
        }
        if (within(address, v4(10, 0, 0, 0), 8)
                || within(address, v4(172, 16, 0, 0), 12)
                || within(address, v4(192, 168, 0, 0), 16)
                || within(address, v4(100, 64, 0, 0), 10)
                || within(address, v4(198, 18, 0, 0), 15)) {
            return PRIVATE;
        }
        boolean reserved = within(address, 0, 8)
                || within(address, v4(192, 0, 0, 0), 24)
                || within(address, v4(224, 0, 0, 0), 4)
                || within(address, v4(240, 0, 0, 0), 4);
        return reserved ? NOWHERE : PUBLIC;
    }

    private static Reach ofV6(byte[] bytes) {
        if (Arrays.equals(bytes, METADATA_V6)) {
            return LINK;
        }
        if (zero(bytes, 0, 15) && (bytes[15] == 0 || bytes[15] == 1)) {
            return bytes[15] == 1 ? MACHINE : NOWHERE;
        }
        int first = v4(bytes[0], bytes[1], bytes[2], bytes[3]);
        // What a gateway turns into IPv4 leads where that address leads (RFC 6052, RFC 4291 section 2.5.5, RFC 3056).
        if (first == 0x0064ff9b && zero(bytes, 4, 12) || zero(bytes, 0, 12)) {
            return ofV4(bytes, 12);
        }
        if (within(first, v4(0x20, 0x02, 0, 0), 16)) {
            return ofV4(bytes, 2);
        }
        if (within(first, v4(0xfe, 0x80, 0, 0), 10)) {
            return LINK;
        }
        if (within(first, v4(0xfc, 0, 0, 0), 7) || within(first, v4(0xfe, 0xc0, 0, 0), 10) || first == 0x0064ff9b) {
            return PRIVATE;
        }
        boolean reserved = within(first, v4(0xff, 0, 0, 0), 8) || first == 0x20010000;
        return reserved ? NOWHERE : PUBLIC;
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean within(int address, int network, int bits) {
        return (address ^ network) >>> (32 - bits) == 0;
    }

    private static int v4(int a, int b, int c, int d) {
        return (a & 0xff) << 24 | (b & 0xff) << 16 | (c & 0xff) << 8 | d & 0xff;
    }
}
