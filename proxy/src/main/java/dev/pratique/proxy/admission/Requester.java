package dev.pratique.proxy.admission;

/**
 * Who asks, for the ledger.
 *
 * @param address without port
 * @param user whose password it has shown; empty: none
 * @param certificate the first name of its certificate; empty: it has none
 */
public record Requester(String address, String user, String certificate) {

    /** Of whom nothing but the address is known. */
    public static Requester at(String address) {
        return new Requester(address, "", "");
    }

    /** In one line, for people. */
    @Override
    public String toString() {
        String name = user.isEmpty() ? certificate : user;
        return name.isEmpty() ? address : name + " at " + address;
    }
}
