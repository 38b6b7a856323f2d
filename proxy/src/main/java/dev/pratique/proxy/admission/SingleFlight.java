package dev.pratique.proxy.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Many who want the same answer cause it to be worked out once. Never blocks: whoever joins is called back. Thread safe.
 *
 * @param <K> what is wanted
 * @param <V> the answer
 */
final class SingleFlight<K, V> {
    private final Map<K, List<Consumer<V>>> flights = new ConcurrentHashMap<>();

    /**
     * Joins the flight for this key.
     *
     * @param landed called once, on the thread that lands the flight
     * @return whether the caller is the first and must see to it that {@link #land} is called
     */
    boolean join(K key, Consumer<V> landed) {
        boolean[] first = {false};
        flights.compute(key, (k, waiting) -> {
            List<Consumer<V>> all = waiting;
            if (all == null) {
                all = new ArrayList<>(1);
                first[0] = true;
            }
            all.add(landed);
            return all;
        });
        return first[0];
    }

    /** Ends the flight: everybody who joined gets the answer, whoever comes now begins another. */
    void land(K key, V answer) {
        List<Consumer<V>> waiting = flights.remove(key);
        if (waiting != null) {
            waiting.forEach(landed -> landed.accept(answer));
        }
    }

    int size() {
        return flights.size();
    }
}
