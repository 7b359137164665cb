package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.hone.loop.ErrorBudget;
import dev.hone.loop.Knob;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import dev.hone.loop.SignalRef;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.Retention;
import dev.hone.metrics.engine.EngineOptions;
import dev.hone.metrics.remote.Backend;
import dev.hone.metrics.remote.Flavour;
import dev.hone.metrics.remote.RemoteOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings in hone.yaml, and how its mistakes are told. */
class ConfigFileTest {
  @TempDir Path directory;

  @Test
  void readsEverything() throws Exception {
    ConfigFile config =
        read(
            """
            port: 9000
            dataDir: /var/lib/hone
            postgres: postgres://hone:${DB_PASSWORD}@db:5432/shop
            scrape:
              - http://127.0.0.1:9100/metrics
            modes:
              database: recommend
            objective:
              name: p95 of the shop
              unit: s
              query: histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[$window])))
              guardrails:
                - name: failures
                  query: sum(rate(errors_total[$window]))
                  limit: 0.2
                  floor: 1
              load: sum(rate(requests_total[$window]))
            """);
    assertThat(config.port()).contains(9000);
    assertThat(config.dataDirectory()).contains(Path.of("/var/lib/hone"));
    assertThat(config.postgres()).contains("postgres://hone:s%25c%40et%2F@db:5432/shop");
    assertThat(config.scrape()).containsExactly(URI.create("http://127.0.0.1:9100/metrics"));
    assertThat(config.modes()).containsExactly(Map.entry("database", Mode.RECOMMEND));
    var objective = config.objective().orElseThrow();
    assertThat(objective.primary().better()).isEqualTo(SignalRef.Better.LOWER);
    assertThat(objective.guardrails()).hasSize(1);
    assertThat(objective.load().orElseThrow().query())
        .isEqualTo("sum(rate(requests_total[$window]))");
    assertThat(objective.errorBudget()).isEmpty();
    assertThat(objective.guardrails().getFirst().limit()).isEqualTo(0.2);
  }

  @Test
  void tellsAllMistakesAtOnceWithTheirLines() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    prot: 9000
                    port: 99999
                    port: 1
                    modes:
                      jvm: SOMETIMES
                      hots: AUTO
                    scrape: http://127.0.0.1/metrics
                    postgres: ${NOT_SET}
                    objective:
                      query: sum(
                    """))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("hone.yaml:1: unknown key `prot`; did you mean `port`?")
        .hasMessageContaining(
            "hone.yaml:2: `port` is `99999`; it must be a whole number from 0 to 65535")
        .hasMessageContaining("hone.yaml:3: `port` stands here twice")
        .hasMessageContaining("hone.yaml:5: `modes.jvm` is `SOMETIMES`; it must be one of OBSERVE")
        .hasMessageContaining("hone.yaml:6: unknown key `modes.hots`; did you mean `modes.host`?")
        .hasMessageContaining("hone.yaml:7: `scrape` must be a list")
        .hasMessageContaining("hone.yaml:8: `postgres` needs the environment variable NOT_SET")
        .hasMessageContaining("hone.yaml:10: `objective.name` is missing");
  }

  private ErrorBudget budget(String guardrails, String budget) throws Exception {
    String objective = "objective:\n  name: p95\n  query: rate(seconds[$window])\n";
    return read(objective + guardrails + budget)
        .objective()
        .orElseThrow()
        .errorBudget()
        .orElseThrow();
  }

  @Test
  void anErrorBudgetHasAQueryOfItsOwnOrThatOfTheGuardrailThatIsAShare() throws Exception {
    String guardrails =
        "  guardrails:\n    - {name: failures, unit: ratio, query: 'rate(bad[$window])'}\n";
    ErrorBudget shared = budget(guardrails, "  errorBudget: {target: 99.9}\n");
    assertThat(shared.target()).isCloseTo(0.999, within(1e-12));
    assertThat(shared.failed().query()).isEqualTo("rate(bad[$window])");
    ErrorBudget own =
        budget(guardrails, "  errorBudget: {target: 99, query: 'rate(worse[$window])'}\n");
    assertThat(own.failed().query()).isEqualTo("rate(worse[$window])");
    assertThatThrownBy(() -> budget("", "  errorBudget: {target: 0.999}\n"))
        .hasMessageContaining(
            "hone.yaml:4: `objective.errorBudget.target` is `0.999`; it must be a percentage from"
                + " 50 to below 100, like 99.9")
        .hasMessageContaining(
            "`objective.errorBudget.query` is missing, and no guardrail has `unit: ratio`");
    assertThatThrownBy(() -> budget(guardrails, "  errorBudget: {query: 'sum('}\n"))
        .hasMessageContaining("`objective.errorBudget.target` is missing")
        .hasMessageContaining("`objective.errorBudget.query` is `sum(`; it must be a query");
  }

  @Test
  void tellsWhereTheYamlIsBroken() {
    assertThatThrownBy(() -> read("port: [1\nmodes: {"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("hone.yaml:")
        .hasMessageContaining("no valid YAML");
    assertThatThrownBy(() -> read("- a list")).hasMessageContaining("keys and values");
    assertThatThrownBy(() -> ConfigFile.read(directory.resolve("none.yaml"), n -> Optional.empty()))
        .hasMessageContaining("there is no file");
  }

  @Test
  void aVariableThatIsAllOfAnAddressIsTakenAsItIs() throws Exception {
    assertThat(read("postgres: ${URL}").postgres()).contains("postgres://a:b@c/d");
  }

  @Test
  void tellsNoValueThatCameFromTheEnvironment() {
    assertThatThrownBy(() -> read("port: ${BAD}\nscrape:\n  - ${BAD}\npostgres: ${BAD}\n"))
        .hasMessageContaining("hone.yaml:1: `port` is `${BAD}`")
        .hasMessageContaining("hone.yaml:3: `scrape` holds `${BAD}`")
        .hasMessageContaining("hone.yaml:4: `postgres` is `${BAD}`")
        .hasMessageNotContaining("oops");
    assertThatThrownBy(() -> read("scrape:\n  - http://u:${BAD}@h/m\n"))
        .hasMessageNotContaining("oops");
  }

  @Test
  void aModeForATechniqueThatHoneDoesNotHaveIsAMistake() {
    assertThatThrownBy(() -> read("modes:\n  database/create-index: AUTO\n"))
        .hasMessageEndingWith(
            "hone.yaml:2: `modes.database/create-index` names a technique that Hone does not have;"
                + " these are demote-neighbour, drop-index, grow-pool, measure-again, missing-index,"
                + " tune");
  }

  @Test
  void anEmptyFileSaysNothing() throws Exception {
    assertThat(read("# nothing yet\n")).isEqualTo(ConfigFile.empty());
  }

  @Test
  void aPolicyStandsBesideItsModes() throws Exception {
    ConfigFile config =
        read(
            """
            modes:
              database: APPROVE
              database/missing-index: auto
              database/missing-index/table shop/orders: OBSERVE
            policy:
              maxActive: 5
              leastGain: 0.05
              deadline: 90m
              coolDown: 0s
              limits:
                changesPerDay: 10
                step: 2.5
                fourEyes: [R2, r3]
                holdback: [12h, 7d]
              windows:
                - kind: allow
                  layer: database
                  days: [mon, TUESDAY]
                  from: 22:00
                  to: 04:00
                  zone: Europe/Madrid
                  why: quiet hours
            """);
    assertThat(config.modes())
        .containsEntry("database/missing-index", Mode.AUTO)
        .containsEntry("database/missing-index/table shop/orders", Mode.OBSERVE);
    Policy policy = config.policy();
    assertThat(policy.maxActive()).isEqualTo(5);
    assertThat(policy.deadline()).isEqualTo(Duration.ofMinutes(90));
    assertThat(policy.coolDown()).isEqualTo(Duration.ZERO);
    assertThat(policy.limits().changesPerKnobPerDay()).isEqualTo(4);
    assertThat(policy.limits().fourEyes()).containsExactly(Knob.Risk.R2, Knob.Risk.R3);
    assertThat(policy.limits().holdback())
        .containsExactly(Duration.ofHours(12), Duration.ofDays(7));
    assertThat(policy.windows().getFirst().days())
        .containsExactly(DayOfWeek.MONDAY, DayOfWeek.TUESDAY);
    assertThat(policy.windows().getFirst().zone()).isEqualTo("Europe/Madrid");
  }

  @Test
  void theMistakesOfAPolicyAreToldWithTheirLines() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    policy:
                      maxActive: 101
                      modes: {jvm: AUTO}
                      deadlin: 3h
                      coolDown: 400d
                      limits:
                        step: 0.5
                        fourEyes: [R7]
                        earnedRun: 3
                      windows:
                        - kind: sometimes
                          layer: edge
                          days: [someday]
                          from: 25:00
                          zone: Mars
                    modes:
                      jvm/grow-pool/: AUTO
                      edge/cache: AUTO
                    """))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("hone.yaml:2: `policy.maxActive` is `101`; it must be a whole number")
        .hasMessageContaining("hone.yaml:3: `policy.modes` stands beside `policy`")
        .hasMessageContaining(
            "hone.yaml:4: unknown key `policy.deadlin`; did you mean `policy.deadline`?")
        .hasMessageContaining("hone.yaml:5: `policy.coolDown` is `400d`; it must be a duration")
        .hasMessageContaining("hone.yaml:7: `policy.limits.step` is `0.5`")
        .hasMessageContaining("hone.yaml:8: `policy.limits.fourEyes` holds `R7`")
        .hasMessageContaining("did you mean `policy.limits.earnedRuns`?")
        .hasMessageContaining("hone.yaml:11: `policy.windows[0].kind` is `sometimes`")
        .hasMessageContaining("hone.yaml:12: `policy.windows[0].layer` is `edge`")
        .hasMessageContaining("hone.yaml:13: `policy.windows[0].days` holds `someday`")
        .hasMessageContaining("hone.yaml:14: `policy.windows[0].from` is `25:00`")
        .hasMessageContaining("hone.yaml:11: `policy.windows[0].to` is missing")
        .hasMessageContaining("hone.yaml:15: `policy.windows[0].zone` is `Mars`")
        .hasMessageContaining("hone.yaml:17: `modes.jvm/grow-pool/` is no place for a mode")
        .hasMessageContaining("hone.yaml:18: unknown key `modes.edge/cache`");
  }

  private ConfigFile read(String text) throws StartException, IOException {
    Path file = Files.writeString(directory.resolve("hone.yaml"), text);
    Map<String, String> environment =
        Map.of("DB_PASSWORD", "s%c@et/", "URL", "postgres://a:b@c/d", "BAD", "oops");
    return ConfigFile.read(file, name -> Optional.ofNullable(environment.get(name)));
  }

  @Test
  void metricsAreKeptAsTheFileSays() throws Exception {
    Path file = directory.resolve("metrics.yaml");
    Files.writeString(
        file,
        """
        metrics:
          retention: 30d
          outOfOrder: 2h
          maxSeries: 200000
          otlpPort: 4317
          sync: second
        """);
    ConfigFile config = ConfigFile.read(file, n -> Optional.empty());
    EngineOptions metrics = config.metrics();
    assertThat(metrics.retention().standard().raw()).isEqualTo(Duration.ofDays(30));
    assertThat(metrics.retention().standard().daily()).isEqualTo(Duration.ofDays(365));
    assertThat(metrics.outOfOrder()).isEqualTo(Duration.ofHours(2));
    assertThat(metrics.maxSeries()).isEqualTo(200_000);
    assertThat(config.otlpPort()).contains(4317);
    assertThat(metrics.sync()).isEqualTo(EngineOptions.Sync.SECOND);

    Files.writeString(file, "metrics:\n  retention: soon\n  maxSerie: 5\n");
    assertThatThrownBy(() -> ConfigFile.read(file, n -> Optional.empty()))
        .hasMessageContaining("metrics.yaml:2")
        .hasMessageContaining("like 7d or 12h")
        .hasMessageContaining("maxSeries");
  }

  @Test
  void tiersAreKeptAsTheFileSays() throws Exception {
    Path file = directory.resolve("tiers.yaml");
    Files.writeString(
        file,
        """
        metrics:
          retention:
            raw: 3d
            daily: 730d
            rules:
              - match: '{job="debug"}'
                raw: 1d
                hourly: 0s
              - match: slo_errors_total
                raw: 90d
        """);
    Retention retention = ConfigFile.read(file, n -> Optional.empty()).metrics().retention();
    Duration day = Duration.ofDays(1);
    Duration month = Duration.ofDays(30);
    Duration years = Duration.ofDays(730);
    Duration week = Duration.ofDays(7);
    assertThat(retention)
        .isEqualTo(
            new Retention(
                new Retention.Keep(Duration.ofDays(3), week, month, years),
                List.of(
                    new Retention.Rule(
                        List.of(Matcher.equal("job", "debug")),
                        new Retention.Keep(day, week, Duration.ZERO, years)),
                    new Retention.Rule(
                        List.of(Matcher.equal("__name__", "slo_errors_total")),
                        new Retention.Keep(Duration.ofDays(90), week, month, years)))));

    Files.writeString(
        file,
        "metrics:\n  retention:\n    raw: 0s\n    rules:\n      - match: '{job='\n        dayly: 3d\n");
    assertThatThrownBy(() -> ConfigFile.read(file, n -> Optional.empty()))
        .hasMessageContaining("tiers.yaml:3: `metrics.retention.raw` is `0s`")
        .hasMessageContaining("tiers.yaml:5: `metrics.retention.rules[0].match` is `{job=`")
        .hasMessageContaining("did you mean `metrics.retention.rules[0].daily`?");
  }

  @Test
  void metricsMayBeKeptOnSeveralBackends() throws Exception {
    Path file = directory.resolve("remote.yaml");
    Path password = Files.writeString(directory.resolve("password"), "secret");
    Files.writeString(
        file,
        """
        metrics:
          store: remote
          copies: 2
          partial: refuse
          buffer: 2GB
          outOfOrder: 30m
          backends:
            - name: a
              url: http://10.0.0.1:9090/
            - name: b
              url: https://metrics.example/prometheus
              flavour: mimir
              username: hone
              passwordFile: %s
              tenant: shop
        """
            .formatted(password));
    RemoteOptions remote = ConfigFile.read(file, n -> Optional.empty()).remote().orElseThrow();
    assertThat(remote.copies()).isEqualTo(2);
    assertThat(remote.partial()).isEqualTo(RemoteOptions.Partial.REFUSE);
    assertThat(remote.bufferBytes()).isEqualTo(2L << 30);
    assertThat(remote.outOfOrder()).isEqualTo(Duration.ofMinutes(30));
    assertThat(remote.backends())
        .extracting(Backend::name, Backend::flavour)
        .containsExactly(tuple("a", Flavour.PROMETHEUS), tuple("b", Flavour.MIMIR));
    assertThat(remote.backends().getFirst().url()).isEqualTo(URI.create("http://10.0.0.1:9090"));
    assertThat(remote.backends().getLast().access().tenant()).contains("shop");
    assertThat(remote.toString()).doesNotContain("secret");
  }

  @Test
  void allMistakesOfBackendsAreToldAtOnce() throws Exception {
    Path file = directory.resolve("wrong.yaml");
    Files.writeString(
        file,
        """
        metrics:
          store: remote
          copies: 9
          buffer: 3
          retention: 7d
          backends:
            - name: a
              url: http://u:p@10.0.0.1:9090
              tokenFile: /nowhere/token
            - name: a b
              url: 10.0.0.2
              flavor: victoria
            - name: t
              url: http://querier
              flavour: thanos
        """);
    assertThatThrownBy(() -> ConfigFile.read(file, n -> Optional.empty()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("wrong.yaml:3: `metrics.copies` is `9`")
        .hasMessageContaining(
            "wrong.yaml:4: `metrics.buffer` is `3`; it must be a size of at least")
        .hasMessageContaining("wrong.yaml:5: unknown key `metrics.retention`")
        .hasMessageContaining("`metrics.backends[0].url`")
        .hasMessageContaining("`metrics.backends[0].tokenFile` is `/nowhere/token`")
        .hasMessageContaining("`metrics.backends[1].name` is `a b`")
        .hasMessageContaining("did you mean `metrics.backends[1].flavour`?")
        .hasMessageContaining("`metrics.backends[2].writeUrl`");
    Files.writeString(file, "metrics:\n  store: remote\n");
    assertThatThrownBy(() -> ConfigFile.read(file, n -> Optional.empty()))
        .hasMessageContaining("`metrics.backends`; it must be a list of at least one backend");
  }
}
