package dev.pratique.attestations.policy;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.ImageShape.Artifact;
import dev.pratique.attestations.policy.ImageShape.BrokenConfig;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.ImageShape.Runnable;
import dev.pratique.attestations.policy.ImageShape.UnreadConfig;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Does every runnable image that the rule admits stand on a base that may still be used? An index is as good as its worst child. */
final class BaseQuestion {
    private BaseQuestion() {}

    static List<Answer> ask(Judge.Case facts, Lineage lineage) {
        Requirements requirements = facts.requirements();
        if (!requirements.needsConfig()) {
            return List.of();
        }
        if (facts.shape() instanceof Artifact artifact) {
            return List.of(artifact(requirements, artifact));
        }
        if (!(facts.shape() instanceof Runnable runnable)) {
            throw new IllegalArgumentException("the image's make was not looked at");
        }
        List<PlatformImage> admitted = runnable.images().stream()
                .filter(image -> Judge.admitsPlatform(requirements, image))
                .toList();
        if (admitted.isEmpty()) {
            return List.of(noPlatform());
        }
        if (requirements.base() == BaseRequirement.NONE) {
            return platformsOnly(facts, admitted, lineage);
        }
        List<Answer> answers = new ArrayList<>();
        admitted.forEach(image -> answers.add(judge(facts, image, lineage)));
        return answers;
    }

    /** Where no base is asked, what an index does not say about an image's platform is asked of its configuration. */
    private static List<Answer> platformsOnly(Judge.Case facts, List<PlatformImage> images, Lineage lineage) {
        List<Answer> answers = new ArrayList<>();
        boolean one = false;
        for (PlatformImage image : images) {
            if (image.platform().isPresent()) {
                one = true;
            } else if (image.config() instanceof Config read) {
                one |= facts.requirements().platforms().contains(read.config().platform());
            } else {
                answers.add(judge(facts, image, lineage)); // broken, or not to be had: then it is not known
            }
        }
        if (!one && answers.isEmpty()) {
            answers.add(noPlatform());
        }
        return answers;
    }

    private static Answer noPlatform() {
        RefusalReason reason = RefusalReason.PLATFORM_NOT_ADMITTED;
        return Answer.notMet(reason, reason.sentence(), List.of(Finding.failed(Check.BASE, reason.sentence(), "")));
    }

    private static Answer artifact(Requirements requirements, Artifact artifact) {
        String what = "it is " + Printable.line(artifact.what()) + ", not an image";
        if (requirements.artifactsAllowed() || requirements.base() == BaseRequirement.NONE) {
            return Answer.met(List.of(Finding.notRequired(Check.BASE, what, "")));
        }
        return Answer.notMet(RefusalReason.NOT_RUNNABLE, what, List.of(Finding.failed(Check.BASE, what, "")));
    }

    private static Answer judge(Judge.Case facts, PlatformImage image, Lineage lineage) {
        String where =
                image.platform().map(Platform::toString).orElse(image.manifest().brief());
        if (image.config() instanceof Config read) {
            return judge(facts, image, read.config(), lineage, where);
        }
        if (image.config() instanceof UnreadConfig unread) {
            String detail = "the configuration of " + where + " could not be read: " + Printable.line(unread.what());
            RefusalReason reason = facts.requirements().base() == BaseRequirement.NONE
                    ? RefusalReason.PLATFORM_NOT_ADMITTED
                    : RefusalReason.OFF_CATALOG;
            return Answer.open(reason, detail, List.of(Finding.unknown(Check.BASE, detail, where)));
        }
        String what = image.config() instanceof BrokenConfig broken ? broken.what() : "its configuration was not read";
        String detail = "the configuration of " + where + " is broken: " + Printable.line(what);
        return Answer.notMet(
                RefusalReason.MANIFEST_INVALID, detail, List.of(Finding.failed(Check.BASE, detail, where)));
    }

    private static Answer judge(
            Judge.Case facts, PlatformImage image, ImageConfig config, Lineage lineage, String where) {
        // image-spec config.md: diff_ids is "an array of layer content hashes, in order from first to last" of the
        // layers.
        if (image.layers() != config.diffIds().size()) {
            String saw = config.diffIds().size() + " diff_ids for " + image.layers() + " layers";
            return Answer.notMet(RefusalReason.LAYERS_CONTRADICT, saw, List.of(Finding.failed(Check.BASE, saw, where)));
        }
        Platform platform = image.platform().orElse(config.platform());
        Optional<Lineage.Match> match = lineage.of(platform, config.diffIds());
        if (match.isEmpty()) {
            return noBase(facts, where);
        }
        return judge(facts, match.get(), where);
    }

    private static Answer noBase(Judge.Case facts, String where) {
        if (facts.requirements().base() == BaseRequirement.SCRATCH) {
            String saw = "stands on no base of the catalog; the rule admits images from scratch";
            return Answer.met(List.of(Finding.passed(Check.BASE, saw, where)));
        }
        String saw = "its layers stand on no base image of the catalog";
        return Answer.notMet(RefusalReason.OFF_CATALOG, saw, List.of(Finding.failed(Check.BASE, saw, where)));
    }

    private static Answer judge(Judge.Case facts, Lineage.Match match, String where) {
        BaseImage base = match.base();
        String stands = "stands on " + Printable.line(base.label()) + " ("
                + match.layers().layers() + (match.layers().layers() == 1 ? " layer, " : " layers, ")
                + match.layers().chainId().digest().brief() + ")";
        List<Instant> changes = base.nextChange(facts.now()).stream().toList();
        String instead = base.replacement()
                .map(replacement -> "; use " + Printable.line(replacement))
                .orElse("");
        return switch (base.phaseAt(facts.now())) {
            case APPROVED -> Answer.met(List.of(Finding.passed(Check.BASE, stands, where)), List.of(), changes);
            case DEPRECATED -> {
                String warning = "base image " + base.label() + " is deprecated since "
                        + base.deprecated().orElseThrow()
                        + base.endOfLife().map(date -> ", refused from " + date).orElse("") + instead;
                yield Answer.met(
                        List.of(Finding.passed(Check.BASE, stands + ", deprecated", where)),
                        List.of(Printable.line(warning)),
                        changes);
            }
            case END_OF_LIFE -> {
                String saw = stands + ", past its end of life since "
                        + base.endOfLife().orElseThrow() + instead;
                yield Answer.notMet(
                        RefusalReason.BASE_END_OF_LIFE, saw, List.of(Finding.failed(Check.BASE, saw, where)), changes);
            }
            case NOT_YET_APPROVED -> {
                String saw = stands + ", which is approved only from "
                        + base.approved().orElseThrow();
                yield Answer.notMet(
                        RefusalReason.OFF_CATALOG, saw, List.of(Finding.failed(Check.BASE, saw, where)), changes);
            }
        };
    }
}
