package dev.pratique.proxy.admin;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.proxy.ledger.Entry;
import dev.pratique.proxy.ledger.RecentDecisions.Seen;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The pages of the operator's port. Everything in them that a stranger wrote is escaped. Stateless. */
final class Pages {
    private Pages() {}

    /** @param problems of the configuration on disk; empty where it is in force */
    static String home(List<Seen> latest, String revision, List<String> problems) {
        Html html = start("Pratique");
        html.element("h1", "Latest decisions");
        askForm(html, "", "");
        if (!problems.isEmpty()) {
            html.open("section", "class", "alarm");
            html.element("h2", "The configuration on disk cannot be used; the one before is in force");
            html.open("ul");
            problems.forEach(problem -> html.element("li", problem));
            html.close("ul").close("section");
        }
        if (latest.isEmpty()) {
            html.element("p", "Nothing was pulled since the proxy started.", "class", "quiet");
        } else {
            decisions(html, latest);
        }
        html.element("p", "Policy revision " + revision, "class", "quiet");
        html.open("p").element("a", "All verdicts that are in use, for programs", "href", "/api/v1/verdicts");
        html.text(" ")
                .element("a", "What else programs can ask", "href", "/api/v1/openapi.json")
                .close("p");
        return end(html);
    }

    static String explain(Explanation about) {
        Html html = start(about.image() + " - Pratique");
        html.open("p").element("a", "All decisions", "href", "/").close("p");
        html.element("h1", about.image(), "class", "image");
        html.open("p", "class", "verdict");
        badge(html, about.said());
        if (!about.reason().isEmpty()) {
            html.text(" ").element("code", about.reason());
        }
        html.close("p");
        if (!about.detail().isEmpty()) {
            html.element("p", about.detail(), "class", "detail");
        }
        if (!about.remedy().isEmpty()) {
            html.open("p", "class", "remedy").element("strong", "What to do: ");
            html.text(about.remedy()).close("p");
        }
        about.warnings().forEach(warning -> html.element("p", warning, "class", "warning"));
        findings(html, about.findings());
        facts(html, about);
        html.element("h2", "Try it")
                .open("pre")
                .element("code", about.command())
                .close("pre");
        html.open("p")
                .element(
                        "a",
                        "The same for programs",
                        "href",
                        "/api/v1/explain?image=" + encode(about.image()) + "&environment="
                                + encode(about.environment()))
                .close("p");
        askForm(html, about.image(), about.environment());
        return end(html);
    }

    /** A page that says one thing. */
    static String message(String title, String text) {
        Html html = start(title + " - Pratique");
        html.open("p").element("a", "All decisions", "href", "/").close("p");
        html.element("h1", title).element("p", text);
        askForm(html, "", "");
        return end(html);
    }

    private static Html start(String title) {
        Html html = new Html();
        html.open("html", "lang", "en").open("head").open("meta", "charset", "utf-8");
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", title).open("link", "rel", "stylesheet", "href", "/style.css");
        return html.close("head").open("body").open("main");
    }

    private static String end(Html html) {
        return html.close("main").close("body").close("html").toString();
    }

    private static void askForm(Html html, String image, String environment) {
        html.open("form", "action", "/explain", "method", "get", "role", "search");
        html.open("label", "for", "image").text("Image").close("label");
        html.open(
                "input",
                "id",
                "image",
                "name",
                "image",
                "value",
                image,
                "required",
                "",
                "placeholder",
                "registry.example/acme/app:1.0");
        if (!environment.isEmpty()) {
            html.open("input", "type", "hidden", "name", "environment", "value", environment);
        }
        html.element("button", "Explain").close("form");
    }

    private static void decisions(Html html, List<Seen> latest) {
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        List.of("Time", "Answer", "Image", "Reason", "Rule", "Client")
                .forEach(head -> html.element("th", head, "scope", "col"));
        html.close("tr").close("thead").open("tbody");
        latest.forEach(seen -> decision(html, seen));
        html.close("tbody").close("table").close("div");
    }

    private static void decision(Html html, Seen seen) {
        Entry.Key key = seen.entry().key();
        Optional<Digest> pinned = key.reference().flatMap(Reference::pinned);
        String image = key.repository()
                + key.reference()
                        .map(reference -> (pinned.isPresent() ? "@" : ":") + reference)
                        .orElse("");
        String shown = pinned.map(digest -> key.repository() + "@" + digest.brief() + "…")
                .orElse(image);
        html.open("tr")
                .element("td", seen.time().truncatedTo(ChronoUnit.SECONDS).toString(), "class", "time");
        html.open("td");
        badge(html, key.said());
        html.close("td").open("td", "class", "image");
        if (key.kind() != Entry.Asked.MANIFEST) { // no image: it has no verdict of its own
            html.text(key.kind().label() + " " + shown);
        } else {
            String explain = "/explain?image=" + encode(image) + "&environment=" + encode(key.environment());
            html.element("a", shown, "href", explain);
        }
        html.close("td");
        html.element("td", seen.entry().reason());
        html.element("td", seen.entry().rule());
        html.element("td", key.client().toString()).close("tr");
    }

    private static void findings(Html html, List<Finding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        html.element("h2", "Findings").open("ol", "class", "findings");
        for (Finding finding : findings) {
            String outcome = finding.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            html.open("li", "class", "outcome-" + outcome.replace(' ', '-'));
            html.element("span", outcome, "class", "outcome");
            html.element("span", finding.check().label(), "class", "check");
            html.element("span", finding.saw(), "class", "saw");
            if (!finding.where().isEmpty()) {
                html.element("span", finding.where(), "class", "where");
            }
            html.close("li");
        }
        html.close("ol");
    }

    private static void facts(Html html, Explanation about) {
        html.element("h2", "Facts").open("dl");
        fact(html, "Rule", about.rule().isEmpty() ? "none" : about.rule());
        fact(html, "Environment", about.environment());
        about.requirements().forEach(asked -> fact(html, "Asks for", asked));
        about.digest().ifPresent(digest -> fact(html, "Digest", digest));
        about.validUntil().ifPresent(until -> fact(html, "Verdict valid until", until.toString()));
        fact(html, "Policy revision", about.revision());
        html.close("dl");
    }

    private static void fact(Html html, String name, String value) {
        html.element("dt", name).element("dd", value);
    }

    private static void badge(Html html, Entry.Said said) {
        html.element("span", said.label(), "class", "badge " + said.label());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
