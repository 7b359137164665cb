package dev.hone.server;

import dev.hone.loop.PolicyPreview;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What another policy would change, in lines for a terminal. */
final class PolicyWords {
  private static final int MOST = 40;

  private PolicyWords() {}

  static List<String> of(List<PolicyDocument.Difference> settings, PolicyPreview preview) {
    var lines = new ArrayList<String>();
    lines.add(settings.isEmpty() ? "no setting differs" : "settings that differ:");
    for (PolicyDocument.Difference each : settings) {
      lines.add("  " + each.key() + ": " + or(each.before()) + " -> " + or(each.after()));
    }
    lines.add(
        "recommendations of the last " + preview.days() + " days: " + preview.recommendations());
    PolicyPreview.Counts was = preview.before();
    PolicyPreview.Counts is = preview.after();
    lines.add(String.format("  %-28s %6s %6s", "", "before", "after"));
    count(lines, "not proposed", was.notProposed(), is.notProposed());
    count(lines, "shown as a command", was.shown(), is.shown());
    count(lines, "two people must agree", was.asksTwo(), is.asksTwo());
    count(lines, "a person must agree", was.asks(), is.asks());
    count(lines, "start by themselves", was.starts(), is.starts());
    count(lines, "minutes waiting for a window", was.waitMinutes(), is.waitMinutes());
    for (PolicyPreview.Difference each : preview.changed().stream().limit(MOST).toList()) {
      lines.add(
          "  "
              + each.loop()
              + "  "
              + each.before()
              + " -> "
              + each.after()
              + (each.waits().equals(Duration.ZERO)
                  ? ""
                  : ", waits " + each.waits().toMinutes() + " min")
              + "  "
              + each.title());
    }
    if (preview.changed().size() > MOST) {
      lines.add("  and " + (preview.changed().size() - MOST) + " more");
    }
    return lines;
  }

  private static void count(List<String> lines, String name, long before, long after) {
    lines.add(String.format("  %-28s %6d %6d", name, before, after));
  }

  private static String or(String value) {
    return value.isEmpty() ? "not there" : value;
  }
}
