package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * targets.json, or a delegated role's metadata, which is of the same form (section 4.5).
 *
 * @param targets by path
 * @param delegations in the order in which they are asked
 */
record TargetsMetadata(MetadataHead head, Map<String, FileHashes> targets, List<Delegation> delegations) {

    TargetsMetadata {
        targets = Map.copyOf(targets);
        delegations = List.copyOf(delegations);
    }

    static TargetsMetadata of(SignedMetadata metadata) throws MalformedEvidenceException {
        JsonObject signed = metadata.signed();
        MetadataHead head = MetadataHead.of(signed, "targets");
        JsonObject listed = signed.getObject("targets");
        if (listed.members().size() > TufLimits.MAX_TARGETS) {
            throw new MalformedEvidenceException("'targets' has more than " + TufLimits.MAX_TARGETS + " members");
        }
        Map<String, FileHashes> targets = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> entry : listed.members().entrySet()) {
            targets.put(entry.getKey(), FileHashes.ofTarget(entry.getValue().asObject("a target")));
        }
        return new TargetsMetadata(head, targets, delegations(signed.findObject("delegations")));
    }

    private static List<Delegation> delegations(Optional<JsonObject> json) throws MalformedEvidenceException {
        if (json.isEmpty()) {
            return List.of();
        }
        Map<String, TufKey> keys = RoleKeys.keysOf(json.get().getObject("keys"));
        List<JsonValue> roles = json.get().get("roles").asArray("'roles'", TufLimits.MAX_DELEGATIONS);
        List<Delegation> delegations = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonValue role : roles) {
            Delegation delegation = Delegation.of(role.asObject("a role"), keys);
            // "The rolename MUST be unique in the delegations object".
            if (!names.add(delegation.name())) {
                throw new MalformedEvidenceException("two delegations have one name");
            }
            delegations.add(delegation);
        }
        return delegations;
    }
}
