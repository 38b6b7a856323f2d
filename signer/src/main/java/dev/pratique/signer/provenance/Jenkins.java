package dev.pratique.signer.provenance;

import dev.pratique.signer.Failure;
import java.util.Optional;

/** Jenkins, with what its Git plugin and multibranch projects set. Who built it is the controller. */
final class Jenkins implements CiSystem {
    private static final String BUILD_TYPE = "urn:pratique:buildtype:jenkins:v1";
    /** How the Git plugin names the only remote that it makes itself. */
    private static final String REMOTE = "origin/";

    @Override
    public String name() {
        return "jenkins";
    }

    @Override
    public boolean runs(Variables variables) {
        return variables.has("JENKINS_URL");
    }

    @Override
    public PipelineRun read(Variables variables, Source said) throws Failure {
        Optional<String> address = variables.find("GIT_URL");
        Optional<String> repository =
                address.isEmpty() ? address : Optional.of(WebAddress.repository("GIT_URL", address.get()));
        Source source = new Source(repository, ref(variables), Source.commit(variables.find("GIT_COMMIT")));
        Known jenkins = new Known().with("node", variables.find("NODE_NAME"));
        return PipelineRun.of(BUILD_TYPE)
                .with(new Known().with("job", variables.find("JOB_NAME")), new Known().with("jenkins", jenkins.map()))
                .from(said.completedBy(source, name()))
                .by(variables.url("JENKINS_URL"), new Known(), variables.url("BUILD_URL"));
    }

    // In a multibranch project BRANCH_NAME is PR-7 for a change, whose branch may be a stranger's, and the tag's name
    // for a tag.
    private static Optional<String> ref(Variables variables) throws Failure {
        if (variables.has("CHANGE_ID")) {
            return Optional.empty();
        }
        Optional<String> tag = Source.tag("TAG_NAME", variables.find("TAG_NAME"));
        if (tag.isPresent()) {
            return tag;
        }
        Optional<String> branch = Source.branch("BRANCH_NAME", variables.find("BRANCH_NAME"));
        if (branch.isPresent()) {
            return branch;
        }
        Optional<String> remote = variables.find("GIT_BRANCH").filter(name -> name.startsWith(REMOTE));
        return Source.branch("GIT_BRANCH", remote.map(name -> name.substring(REMOTE.length())));
    }
}
