package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON text to and from plain values. */
class JsonTest {
  @Property(tries = 300, seed = "51")
  void whatIsWrittenReadsBackEqual(@ForAll("values") Object value) {
    assertThat(Json.parse(Json.write(value))).isEqualTo(value);
  }

  @Provide
  Arbitrary<Object> values() {
    Arbitrary<Object> leaf =
        Arbitraries.oneOf(
            Arbitraries.strings().all().ofMaxLength(20).map(s -> (Object) s),
            Arbitraries.longs().map(l -> (Object) l),
            Arbitraries.doubles().map(d -> (Object) d),
            Arbitraries.of(true, false).map(b -> (Object) b));
    return Arbitraries.lazyOf(
        () -> leaf,
        () -> leaf,
        () -> values().list().ofMaxSize(3).map(l -> (Object) l),
        () ->
            Arbitraries.maps(Arbitraries.strings().all().ofMaxLength(5), values())
                .ofMaxSize(3)
                .map(m -> (Object) new LinkedHashMap<>(m)));
  }

  @Property(tries = 500, seed = "52")
  void anyTextIsReadOrRefusedWithAPosition(@ForAll("almostJson") String text) {
    try {
      Json.parse(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s)not JSON at character \\d+: .+");
    }
  }

  @Provide
  Arbitrary<String> almostJson() {
    return Arbitraries.strings()
        .withChars("{}[]\",:\\u0019eE+-.truefalsn \n\u0001")
        .ofMaxLength(30);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "{", "[", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "\"", "\"\\", "\"\\u12",
        "\"\\u+123\"", "\"\\u 123\"", "\"\\x\"", "\"\n\"", "01", "+1", "-", "1.", ".5", "1e", "--1",
        "1-2", "1e999", "-1e999", "NaN", "Infinity", "nul", "truefalse", "1 2", "[1}", "'a'",
            "\u00a01"
      })
  void refusesWhatIsNotJson(String text) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not JSON at character ");
  }

  @Test
  void readsNumbersOfAnySize() {
    assertThat(Json.parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(Json.parse("9223372036854775808")).isEqualTo(0x1p63);
    assertThat(Json.parse("-" + "9".repeat(300))).isEqualTo(-1e300);
    assertThat(Json.parse("1e-999")).isEqualTo(0.0);
    assertThat(Json.parse("-0.0")).isEqualTo(-0.0);
    assertThatThrownBy(() -> Json.parse("9".repeat(400))).hasMessageContaining("beyond the range");
  }

  @Test
  void refusesDeepNestingInsteadOfOverflowing() {
    for (String opening : List.of("[", "{\"a\":")) {
      assertThatThrownBy(() -> Json.parse(opening.repeat(100_000)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nested deeper than");
    }
    assertThat(Json.parse("[".repeat(60) + "]".repeat(60))).isInstanceOf(List.class);
  }

  @Test
  void readsEscapesAndWritesPlainLines() {
    assertThat(Json.parse("\"\\u00e4\\n\\/\\ud83d\\ude00\\b\\f\\r\\t\\\\\\\"\""))
        .isEqualTo("ä\n/\ud83d\ude00\b\f\r\t\\\"");
    assertThat(Json.write(Arrays.asList("a\u2028\n", null, Double.NaN, 1.5f)))
        .isEqualTo("[\"a\\u2028\\n\",null,null,1.5]");
    assertThatThrownBy(() -> Json.write(new Object()))
        .hasMessageContaining("no JSON form for java.lang.Object");
    assertThatThrownBy(() -> Json.parseObject("[]")).hasMessage("expected a JSON object");
  }
}
