package dev.hone.metrics.scrape;

import static dev.hone.metrics.scrape.Relabel.Action.DROP;
import static dev.hone.metrics.scrape.Relabel.Action.DROPEQUAL;
import static dev.hone.metrics.scrape.Relabel.Action.HASHMOD;
import static dev.hone.metrics.scrape.Relabel.Action.KEEP;
import static dev.hone.metrics.scrape.Relabel.Action.KEEPEQUAL;
import static dev.hone.metrics.scrape.Relabel.Action.LABELDROP;
import static dev.hone.metrics.scrape.Relabel.Action.LABELKEEP;
import static dev.hone.metrics.scrape.Relabel.Action.LABELMAP;
import static dev.hone.metrics.scrape.Relabel.Action.LOWERCASE;
import static dev.hone.metrics.scrape.Relabel.Action.REPLACE;
import static dev.hone.metrics.scrape.Relabel.Action.UPPERCASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What rules do to labels; the expectations are those of Prometheus' own tests where it has one.
 */
class RelabelTest {
  private static final Map<String, String> LABELS = Map.of("a", "foo", "b", "bar", "c", "baz");

  @Test
  void replacesWithGroupsOfTheRegularExpression() {
    assertThat(after(LABELS, rule(REPLACE, "a", "f(.*)", "d", "ch${1}-ch${1}")))
        .containsEntry("d", "choo-choo");
    assertThat(after(LABELS, rule(REPLACE, "a,b", "f(.*);(.*)r", "a", "b${1}${2}m")))
        .containsEntry("a", "boobam");
    assertThat(after(LABELS, rule(REPLACE, "a", "(?P<x>o+)", "d", "$1"))).doesNotContainKey("d");
    assertThat(after(LABELS, rule(REPLACE, "a", "f(?P<x>o+)", "d", "$x-${x}-$xy-$$-$9")))
        .containsEntry("d", "oo-oo--$-");
    assertThat(after(LABELS, rule(REPLACE, "", "(.*)", "d", "fixed"))).containsEntry("d", "fixed");
  }

  @Test
  void anEmptyReplacementOrAnImpossibleNameRemovesTheLabel() {
    assertThat(after(LABELS, rule(REPLACE, "a", "f.*", "b", ""))).doesNotContainKey("b");
    assertThat(after(LABELS, rule(REPLACE, "missing", "(.*)", "b", "$1"))).doesNotContainKey("b");
    assertThat(after(Map.of("a", "some-name"), rule(REPLACE, "a", "some-([^-]+).*", "$1", "x")))
        .containsEntry("name", "x");
    assertThat(after(Map.of("a", "some-7name"), rule(REPLACE, "a", "some-(.+)", "$1", "x")))
        .isEqualTo(Map.of("a", "some-7name"));
  }

  @Test
  void keepsAndDropsByWholeValues() {
    assertThat(after(LABELS, rule(DROP, "a", "fo", "", "$1"))).isNotNull();
    assertThat(after(LABELS, rule(DROP, "a", "fo|foo", "", "$1"))).isNull();
    assertThat(after(LABELS, rule(KEEP, "a,b", "foo;bar", "", "$1"))).isNotNull();
    assertThat(after(LABELS, rule(KEEP, "a,missing", "foo", "", "$1"))).isNull();
    assertThat(after(Map.of("a", "x\ny"), rule(KEEP, "a", "x.y", "", "$1"))).isNull();
    assertThat(after(LABELS, rule(KEEPEQUAL, "a", "(.*)", "a", "$1"))).isNotNull();
    assertThat(after(LABELS, rule(KEEPEQUAL, "a", "(.*)", "b", "$1"))).isNull();
    assertThat(after(LABELS, rule(DROPEQUAL, "missing", "(.*)", "gone", "$1"))).isNull();
    assertThat(after(LABELS, rule(DROPEQUAL, "a", "(.*)", "b", "$1"))).isNotNull();
  }

  @Test
  void hashesAsPrometheusDoes() {
    var rule = Relabel.of(HASHMOD, List.of("c"), ";", "(.*)", 1000, "d", "$1");
    assertThat(after(Map.of("c", "baz"), rule)).containsEntry("d", "976");
    assertThat(after(Map.of("c", "foo\nbar"), rule)).containsEntry("d", "734");
  }

  @Test
  void worksOnNamesOfLabels() {
    assertThat(
            after(
                Map.of("a", "foo", "b1", "bar", "b2", "baz"),
                rule(LABELMAP, "", "b(.*)", "", "bar_${1}")))
        .isEqualTo(Map.of("a", "foo", "b1", "bar", "b2", "baz", "bar_1", "bar", "bar_2", "baz"));
    assertThat(after(Map.of("x_7", "y"), rule(LABELMAP, "", "x_(.*)", "", "$1")))
        .isEqualTo(Map.of("x_7", "y"));
    assertThat(after(Map.of("a", "1", "b1", "2"), rule(LABELDROP, "", "b.*", "", "$1")))
        .isEqualTo(Map.of("a", "1"));
    assertThat(after(Map.of("a", "1", "b1", "2"), rule(LABELKEEP, "", "b.*", "", "$1")))
        .isEqualTo(Map.of("b1", "2"));
  }

  @Test
  void changesCase() {
    var mixed = Map.of("foo", "bAr123Foo");
    assertThat(after(mixed, rule(LOWERCASE, "foo", "(.*)", "l", "$1")))
        .containsEntry("l", "bar123foo");
    assertThat(after(mixed, rule(UPPERCASE, "foo", "(.*)", "u", "$1")))
        .containsEntry("u", "BAR123FOO");
  }

  @Test
  void tellsWhichRulesCannotBe() {
    refused("target_label", REPLACE, "a", "(.*)", "", "$1");
    refused("no name of a label", REPLACE, "a", "(.*)", "a-b", "$1");
    refused("regular expression", KEEP, "a", "(", "", "$1");
    refused("modulus", HASHMOD, "a", "(.*)", "x", "$1");
    refused("only `regex`", LABELDROP, "a", "(.*)", "", "$1");
    refused("only `source_labels`", KEEPEQUAL, "a", "x", "b", "$1");
    refused("no `replacement`", UPPERCASE, "a", "(.*)", "b", "x");
    refused("no name of a label", LABELMAP, "", "(.*)", "", "a-b");
  }

  private static void refused(
      String part, Relabel.Action action, String sources, String regex, String target, String to) {
    assertThatThrownBy(() -> rule(action, sources, regex, target, to))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }

  private static Relabel rule(
      Relabel.Action action, String sources, String regex, String target, String replacement) {
    return Relabel.of(
        action,
        sources.isEmpty() ? List.of() : List.of(sources.split(",")),
        ";",
        regex,
        0,
        target,
        replacement);
  }

  private static @org.jspecify.annotations.Nullable Map<String, String> after(
      Map<String, String> labels, Relabel rule) {
    var changed = new TreeMap<>(labels);
    return Relabel.apply(List.of(rule), changed) ? changed : null;
  }
}
