package dev.hone.layer.database.advisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.layer.database.advisor.DropRules.Drop;
import dev.hone.layer.database.advisor.DropRules.Observation;
import dev.hone.layer.database.advisor.DropRules.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** More than a hundred crafted indexes: those that must stay stay, those of no use go. */
class DropRulesTest {
  private static final Observation LONG = new Observation(90, 0, false, false);

  /** An index that can be changed in one respect at a time; each change makes another draft. */
  private static final class Draft implements Cloneable {
    private long oid;
    private String schema = "public";
    private String table = "orders";
    private String method = "btree";
    private List<String> keys = List.of();
    private List<String> include = List.of();
    private String predicate = "";
    private String ddl = "";
    private boolean unique;
    private boolean constraint;
    private List<String> foreignKeys = List.of();
    private boolean replicaIdentity;
    private boolean clustered;
    private boolean partition;
    private boolean valid = true;
    private boolean building;
    private long scans = 5;
    private long replicaScans;
    private double days = 1;
    private long bytes = 10 << 20;

    static Draft of(long oid, String... columns) {
      return new Draft()
          .with(
              d -> {
                d.oid = oid;
                d.keys = Stream.of(columns).map(column -> column + " 1978 0 0").toList();
              });
    }

    private Draft with(Consumer<Draft> change) {
      try {
        var other = (Draft) clone();
        change.accept(other);
        return other;
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }

    ExistingIndex index() {
      return new ExistingIndex(
          oid,
          schema,
          table,
          name(),
          "CREATE INDEX " + name() + ddl + predicate,
          method,
          keys,
          include,
          predicate,
          unique,
          constraint,
          foreignKeys,
          replicaIdentity,
          clustered,
          partition,
          valid,
          building,
          scans,
          replicaScans,
          days,
          bytes);
    }

    String name() {
      return "i" + oid;
    }

    List<String> keys() {
      return keys;
    }

    Draft table(String other) {
      return with(d -> d.table = other);
    }

    Draft schema(String other) {
      return with(d -> d.schema = other);
    }

    Draft shape(String otherMethod, List<String> otherKeys, List<String> carried, String where) {
      return with(
          d -> {
            d.method = otherMethod;
            d.keys = otherKeys;
            d.include = carried;
            d.predicate = where;
          });
    }

    Draft kept(boolean isUnique, boolean isConstraint, boolean isIdentity, boolean isClustered) {
      return with(
          d -> {
            d.unique = isUnique;
            d.constraint = isConstraint;
            d.replicaIdentity = isIdentity;
            d.clustered = isClustered;
          });
    }

    Draft state(boolean isPartition, boolean isValid, boolean isBuilding) {
      return with(
          d -> {
            d.partition = isPartition;
            d.valid = isValid;
            d.building = isBuilding;
          });
    }

    Draft serving(String... keysOfOthers) {
      return with(d -> d.foreignKeys = List.of(keysOfOthers));
    }

    Draft used(long here, long there, double since) {
      return with(
          d -> {
            d.scans = here;
            d.replicaScans = there;
            d.days = since;
          });
    }

    Draft nullsNotDistinct() {
      return with(d -> d.ddl = " NULLS NOT DISTINCT ");
    }

    Draft bytes(long size) {
      return with(d -> d.bytes = size);
    }
  }

  private record Protection(String name, UnaryOperator<Draft> give) {}

  private static final List<Protection> PROTECTIONS =
      List.of(
          new Protection("unique", d -> d.kept(true, false, false, false)),
          new Protection("behind a constraint", d -> d.kept(false, true, false, false)),
          new Protection("a primary key", d -> d.kept(true, true, false, false)),
          new Protection("the replica identity", d -> d.kept(false, false, true, false)),
          new Protection("what the table is clustered by", d -> d.kept(false, false, false, true)),
          new Protection("part of a partitioned index", d -> d.state(true, true, false)),
          new Protection("being built", d -> d.state(false, true, true)));

  /** Situations in which an index without protection would go. */
  private record Situation(String name, Draft index, List<Draft> others) {}

  private static List<Situation> situations() {
    Draft unused = Draft.of(10, "note").used(0, 0, Double.NaN);
    return List.of(
        new Situation("unused", unused, List.of()),
        new Situation("not used for long", Draft.of(10, "note").used(9, 0, 60), List.of()),
        new Situation("a duplicate", Draft.of(10, "a"), List.of(Draft.of(1, "a"))),
        new Situation("a duplicate of two", Draft.of(10, "a", "b"), List.of(Draft.of(1, "a", "b"))),
        new Situation("a prefix of two", Draft.of(10, "a"), List.of(Draft.of(11, "a", "b"))),
        new Situation(
            "a prefix of three", Draft.of(10, "a", "b"), List.of(Draft.of(3, "a", "b", "c"))),
        new Situation(
            "a prefix of a unique one",
            Draft.of(10, "a"),
            List.of(Draft.of(11, "a", "b").kept(true, true, false, false))),
        new Situation(
            "a partial prefix",
            Draft.of(10, "a").shape("btree", Draft.of(0, "a").keys(), List.of(), "(x > 1)"),
            List.of(
                Draft.of(11, "a", "b")
                    .shape("btree", Draft.of(0, "a", "b").keys(), List.of(), "(x > 1)"))));
  }

  private static List<Drop> drops(Observation observation, Draft... drafts) {
    return DropRules.of(Stream.of(drafts).map(Draft::index).toList(), observation);
  }

  private static List<String> names(List<Drop> drops) {
    return drops.stream().map(drop -> drop.index().name()).toList();
  }

  private static Draft[] with(Draft first, List<Draft> others) {
    var all = new ArrayList<>(others);
    all.add(first);
    return all.toArray(new Draft[0]);
  }

  @TestFactory
  Stream<DynamicTest> whatIsOfNoUseGoes() {
    return situations().stream()
        .map(
            situation ->
                DynamicTest.dynamicTest(
                    situation.name(),
                    () ->
                        assertThat(names(drops(LONG, with(situation.index(), situation.others()))))
                            .containsExactly("i10")));
  }

  @TestFactory
  Stream<DynamicTest> whatSomethingRestsOnStays() {
    return situations().stream()
        .flatMap(
            situation ->
                PROTECTIONS.stream()
                    .map(
                        protection ->
                            DynamicTest.dynamicTest(
                                situation.name() + ", but " + protection.name(),
                                () -> {
                                  Draft kept = protection.give().apply(situation.index());
                                  assertThat(names(drops(LONG, with(kept, situation.others()))))
                                      .doesNotContain("i10");
                                })));
  }

  @Test
  void ofTwoUniqueIndexesThatAreTheSameOneStays() {
    Draft younger = Draft.of(10, "a").kept(true, false, false, false);
    Draft older = Draft.of(1, "a").kept(true, false, false, false);
    Draft key = Draft.of(11, "a").kept(true, true, false, false);
    assertThat(names(drops(LONG, younger, older))).containsExactly("i10");
    assertThat(names(drops(LONG, younger, key))).containsExactly("i10");
    assertThat(names(drops(LONG, younger, older, key))).containsExactly("i1", "i10");
    assertThat(names(drops(LONG, younger, older.nullsNotDistinct()))).isEmpty();
    assertThat(names(drops(LONG, younger, Draft.of(1, "a").kept(false, true, false, false))))
        .as("a constraint that is checked at the end does not refuse at once")
        .isEmpty();
    assertThat(names(drops(LONG, younger, Draft.of(11, "a", "b").kept(true, false, false, false))))
        .isEmpty();
  }

  @Test
  void whatTakesOverIsNotUnused() {
    Draft idle = Draft.of(1, "a").used(0, 0, Double.NaN);
    Draft busy = Draft.of(2, "a").used(1_000_000, 0, 1);
    assertThat(names(drops(LONG, idle, busy))).containsExactly("i2");
    Draft longer = Draft.of(3, "a", "b").used(0, 0, Double.NaN);
    assertThat(names(drops(LONG, busy, longer))).containsExactly("i2");
  }

  @TestFactory
  Stream<DynamicTest> whatOnlyLooksAlikeStays() {
    List<String> a = Draft.of(0, "a").keys();
    List<String> ab = Draft.of(0, "a", "b").keys();
    Draft index = Draft.of(10, "a");
    record Case(String name, Draft index, Draft other) {}
    return Stream.of(
            new Case("another table", index, Draft.of(1, "a").table("customers")),
            new Case("another schema", index, Draft.of(1, "a").schema("archive")),
            new Case("another column", index, Draft.of(1, "b")),
            new Case("the other order", Draft.of(10, "b"), Draft.of(1, "a", "b")),
            new Case(
                "longer than the other", Draft.of(10, "a", "b"), Draft.of(1, "a").used(1, 0, 1)),
            new Case(
                "another operator class",
                index,
                Draft.of(1).shape("btree", List.of("a 2095 0 0"), List.of(), "")),
            new Case(
                "another collation",
                index,
                Draft.of(1).shape("btree", List.of("a 1978 950 0"), List.of(), "")),
            new Case(
                "descending",
                index,
                Draft.of(1).shape("btree", List.of("a 1978 0 3"), List.of(), "")),
            new Case(
                "descending first column",
                index,
                Draft.of(1).shape("btree", List.of("a 1978 0 3", "b 1978 0 0"), List.of(), "")),
            new Case("partial other", index, Draft.of(1).shape("btree", a, List.of(), "(x > 1)")),
            new Case(
                "partial itself", index.shape("btree", a, List.of(), "(x > 1)"), Draft.of(1, "a")),
            new Case(
                "another part",
                index.shape("btree", a, List.of(), "(x > 1)"),
                Draft.of(1).shape("btree", a, List.of(), "(x > 2)")),
            new Case(
                "partial longer other",
                index,
                Draft.of(1).shape("btree", ab, List.of(), "(x > 1)")),
            new Case("carries more", index.shape("btree", a, List.of("c"), ""), Draft.of(1, "a")),
            new Case(
                "carries what the longer one lacks",
                index.shape("btree", a, List.of("c"), ""),
                Draft.of(1, "a", "b")),
            new Case("hash beside btree", index.shape("hash", a, List.of(), ""), Draft.of(1, "a")),
            new Case("brin beside btree", index.shape("brin", a, List.of(), ""), Draft.of(1, "a")),
            new Case(
                "gin prefix of gin",
                index.shape("gin", a, List.of(), ""),
                Draft.of(1).shape("gin", ab, List.of(), "")),
            new Case(
                "an expression",
                index,
                Draft.of(1).shape("btree", List.of("lower(a) 1978 0 0"), List.of(), "")),
            new Case("an invalid other", index, Draft.of(1, "a").state(false, false, false)),
            new Case(
                "an other that is being built", index, Draft.of(1, "a").state(false, false, true)))
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.name(),
                    () ->
                        assertThat(names(drops(LONG, each.index(), each.other())))
                            .doesNotContain("i10")));
  }

  @TestFactory
  Stream<DynamicTest> anUnusedIndexStaysWhileItsUseIsNotKnown() {
    Draft unused = Draft.of(10, "note").used(0, 0, Double.NaN);
    record Case(String name, Draft index, Observation observation) {}
    return Stream.of(
            new Case("statistics of a day", unused, new Observation(1, 0, false, false)),
            new Case("statistics of a month", unused, new Observation(31, 0, false, false)),
            new Case("a replica that was not asked", unused, new Observation(90, 1, false, false)),
            new Case("many replicas", unused, new Observation(90, 3, false, false)),
            new Case("the server is a replica", unused, new Observation(90, 0, true, false)),
            new Case("used on a replica", Draft.of(10, "note").used(0, 7, Double.NaN), LONG),
            new Case("used once", Draft.of(10, "note").used(1, 0, Double.NaN), LONG),
            new Case("used last week", Draft.of(10, "note").used(3, 0, 7), LONG),
            new Case("used last month", Draft.of(10, "note").used(3, 0, 31), LONG),
            new Case("a small one", unused.bytes(64 << 10), LONG),
            new Case("serves a foreign key", unused.serving("orders_customer_fkey"), LONG))
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.name(),
                    () -> assertThat(drops(each.observation(), each.index())).isEmpty()));
  }

  @Test
  void ofSeveralTheOldestStaysUnlessAnotherCannotGo() {
    assertThat(names(drops(LONG, Draft.of(1, "a"), Draft.of(2, "a"), Draft.of(3, "a"))))
        .containsExactly("i2", "i3");
    Draft constraint = Draft.of(3, "a").kept(true, true, false, false);
    assertThat(names(drops(LONG, Draft.of(1, "a"), Draft.of(2, "a"), constraint)))
        .containsExactly("i1", "i2");
  }

  @Test
  void aForeignKeyKeepsOneIndex() {
    Draft shorter = Draft.of(1, "a").serving("fk").used(0, 0, Double.NaN);
    Draft longer = Draft.of(2, "a", "b").serving("fk").used(0, 0, Double.NaN);
    assertThat(names(drops(LONG, shorter, longer))).containsExactly("i1");
    Draft apart = Draft.of(3, "c", "a").serving("fk").used(0, 0, Double.NaN);
    assertThat(names(drops(LONG, longer, apart))).containsExactly("i2");
  }

  @Test
  void whatTakesOverIsNeverDroppedToo() {
    List<Drop> drops =
        drops(LONG, Draft.of(1, "a"), Draft.of(2, "a", "b"), Draft.of(3, "a", "b", "c"));
    assertThat(names(drops)).containsExactly("i1", "i2");
    assertThat(drops.getLast().instead()).isEqualTo("i3");
  }

  @Test
  void whatAFailedBuildLeftGoesUnlessABuildIsGoingOn() {
    Draft left = Draft.of(4, "a").state(false, false, false);
    assertThat(drops(LONG, left))
        .singleElement()
        .satisfies(drop -> assertThat(drop.reason()).isEqualTo(Reason.INVALID));
    assertThat(drops(LONG, left.state(false, false, true))).isEmpty();
    assertThat(drops(LONG, left.kept(true, true, false, false))).isEmpty();
  }

  @Test
  void whoSeesNoStatementsOfOthersDropsOnlyCopies() {
    Draft[] indexes = {Draft.of(1, "a"), Draft.of(2, "a"), Draft.of(3, "a", "b"), Draft.of(4, "c")};
    assertThat(names(drops(new Observation(90, 0, false, true), indexes))).containsExactly("i2");
    assertThat(names(drops(LONG, indexes))).contains("i1", "i2");
  }

  @Test
  void itSaysWhyUnusedIndexesAreNotNamed() {
    assertThat(DropRules.blindness(new Observation(2, 0, false, false))).contains("2.0 days old");
    assertThat(DropRules.blindness(new Observation(90, 2, false, false))).contains("2 replicas");
    assertThat(DropRules.blindness(new Observation(90, 0, true, false))).contains("primary");
    assertThat(DropRules.blindness(new Observation(90, 0, false, true))).contains("pg_monitor");
    assertThat(DropRules.blindness(LONG)).isEmpty();
  }
}
