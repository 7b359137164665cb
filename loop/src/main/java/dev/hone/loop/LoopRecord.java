package dev.hone.loop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One loop as its journal tells it: the fold of its events, and nothing else.
 *
 * @param id the loop's id
 * @param state where it stands
 * @param updatedAt time of the last event
 * @param finding what is wrong
 * @param recommendation what is proposed
 * @param plan exactly what will be done
 * @param planHash the plan's hash
 * @param forecast what the experiment was expected to need, or null
 * @param endorsement the first of two who must agree, or null
 * @param approval who agreed, or null
 * @param deadline when the experiment ends at the latest, or null
 * @param settling what the first application showed, and the times of the blocks since, or null
 * @param pairs measured pairs of a switchback
 * @param windows measured windows of a difference in differences
 * @param verdict what the experiment showed, or null
 * @param remeasured what a later measurement of the kept change showed, or null
 * @param openIntent the last write that has an undo outstanding, or null
 * @param undone how the old value came back, or null
 * @param ownerConflict whether somebody else changed the knob meanwhile
 * @param history every change of state with its reason
 */
public record LoopRecord(
    String id,
    LoopState state,
    Instant updatedAt,
    Finding finding,
    Recommendation recommendation,
    Plan plan,
    String planHash,
    @Nullable Forecast forecast,
    @Nullable Approval endorsement,
    @Nullable Approval approval,
    @Nullable Instant deadline,
    LoopEvent.@Nullable SettlingMeasured settling,
    List<Pair> pairs,
    List<Window> windows,
    @Nullable Verdict verdict,
    LoopEvent.@Nullable Remeasured remeasured,
    LoopEvent.@Nullable Intent openIntent,
    @Nullable Undone undone,
    boolean ownerConflict,
    List<Step> history) {
  /** Who changed a knob when it was neither Hone nor its guard. */
  static final String SOMEBODY_ELSE = "somebody else";

  private static final Set<LoopState> WRITING =
      EnumSet.of(LoopState.APPLYING, LoopState.EXPERIMENTING, LoopState.KEEPING, LoopState.KEPT);
  private static final Set<LoopState> MEASURING =
      EnumSet.of(LoopState.ARMED, LoopState.APPLYING, LoopState.EXPERIMENTING);

  public LoopRecord {
    pairs = List.copyOf(pairs);
    windows = List.copyOf(windows);
    history = List.copyOf(history);
  }

  /** Who agreed to which plan, and when. */
  public record Approval(String planHash, String by, Instant at) {}

  /** How the old value came back. */
  public record Undone(String value, String by, Instant at) {}

  /** A line of the loop's history. */
  public record Step(Instant at, LoopState state, String text, String by) {}

  /** The record of a new loop. */
  static LoopRecord first(String id, Instant at, LoopEvent.Proposed event) {
    Plan plan = event.plan();
    var step = new Step(at, LoopState.PROPOSED, event.recommendation().title(), "hone");
    return new LoopRecord(
        id,
        LoopState.PROPOSED,
        at,
        event.finding(),
        event.recommendation(),
        plan,
        plan.hash(),
        event.forecast(),
        null,
        null,
        null,
        null,
        List.of(),
        List.of(),
        null,
        null,
        null,
        null,
        false,
        List.of(step));
  }

  /**
   * This record after one more event.
   *
   * @throws IllegalStateException when the transition table forbids it
   */
  LoopRecord after(LoopEvent event, Instant at) {
    return switch (event) {
      case LoopEvent.Proposed again -> throw new IllegalStateException("loop " + id + " exists");
      case LoopEvent.General all -> throw new IllegalStateException("not an event of one loop");
      case LoopEvent.Approved e ->
          with(LoopState.APPROVED, at, "approved", e.by())
              .change(b -> b.approval = new Approval(e.planHash(), e.by(), at));
      case LoopEvent.Endorsed e ->
          in(EnumSet.of(LoopState.PROPOSED), e)
              .change(
                  b -> {
                    b.endorsement = new Approval(e.planHash(), e.by(), at);
                    b.history =
                        append(
                            history,
                            new Step(
                                at, LoopState.PROPOSED, "agreed, as the first of two", e.by()));
                  })
              .touched(at);
      case LoopEvent.Rejected e -> with(LoopState.REJECTED, at, e.why(), e.by());
      case LoopEvent.Expired e -> with(LoopState.EXPIRED, at, e.why(), "hone");
      case LoopEvent.Scheduled e -> with(LoopState.SCHEDULED, at, "waits for its turn", "hone");
      case LoopEvent.Armed e ->
          with(LoopState.ARMED, at, "schedule drawn, guard holds the undo", "hone")
              .change(b -> b.deadline = e.deadline());
      case LoopEvent.Applying e -> with(LoopState.APPLYING, at, "first write", "hone");
      case LoopEvent.Intent e -> in(WRITING, e).change(b -> b.openIntent = e).touched(at);
      case LoopEvent.Applied e ->
          in(WRITING, e).change(b -> b.openIntent = leaving(e.readBack())).touched(at);
      case LoopEvent.Experimenting e -> with(LoopState.EXPERIMENTING, at, "measuring", "hone");
      case LoopEvent.SettlingMeasured e -> in(MEASURING, e).change(b -> b.settling = e).touched(at);
      case LoopEvent.PairMeasured e ->
          in(MEASURING, e).change(b -> b.pairs = append(pairs, e.pair())).touched(at);
      case LoopEvent.WindowMeasured e ->
          in(MEASURING, e).change(b -> b.windows = append(windows, e.window())).touched(at);
      case LoopEvent.Judged e -> in(MEASURING, e).change(b -> b.verdict = e.verdict()).touched(at);
      case LoopEvent.Keeping e -> {
        if (verdict == null) {
          throw new IllegalStateException("loop " + id + " has no verdict and cannot be kept");
        }
        yield with(LoopState.KEEPING, at, "proven; making it last", "hone");
      }
      case LoopEvent.Kept e ->
          with(LoopState.KEPT, at, "in force: " + e.value(), e.by())
              .change(b -> b.openIntent = null);
      case LoopEvent.Remeasured e ->
          in(EnumSet.of(LoopState.KEPT), e)
              .change(
                  b -> {
                    b.remeasured = e;
                    b.history =
                        append(
                            history,
                            new Step(
                                at,
                                LoopState.KEPT,
                                "measured again: " + e.verdict().effectText(),
                                "hone"));
                  })
              .touched(at);
      case LoopEvent.Suspended e ->
          with(LoopState.SUSPENDED, at, e.why(), "hone")
              .change(b -> b.ownerConflict = e.ownerConflict());
      case LoopEvent.RollingBack e -> with(LoopState.ROLLING_BACK, at, e.why(), e.by());
      case LoopEvent.RolledBack e ->
          with(LoopState.ROLLED_BACK, at, "restored: " + e.value(), e.by())
              .change(
                  b -> {
                    b.openIntent = null;
                    b.undone = new Undone(e.value(), e.by(), at);
                  });
      case LoopEvent.Revoked e ->
          with(LoopState.REVOKED, at, e.why(), e.by())
              .change(
                  b -> {
                    b.openIntent = null;
                    b.undone = new Undone(e.value(), e.by(), at);
                    b.ownerConflict = e.by().equals(SOMEBODY_ELSE);
                  });
      case LoopEvent.Stuck e -> with(LoopState.STUCK, at, e.why() + " Run: " + e.command(), "hone");
    };
  }

  /** What Hone left in force at its last write, as far as the journal knows. */
  String written() {
    LoopEvent.Intent intent = openIntent;
    return intent == null || intent.value().equals(plan.from()) ? plan.to() : intent.value();
  }

  /** Whether the value on trial may have become permanent. */
  boolean mayBePersistent() {
    return history.stream().anyMatch(step -> step.state() == LoopState.KEEPING);
  }

  /** Whether a kept change was being taken back when it was last heard of. */
  boolean isHalfRevoked() {
    return state == LoopState.KEPT && openIntent != null;
  }

  /** The open intent with the value that the target made of it. */
  private LoopEvent.@Nullable Intent leaving(String readBack) {
    LoopEvent.Intent intent = openIntent;
    return intent == null || intent.value().equals(readBack)
        ? intent
        : new LoopEvent.Intent(intent.knob(), intent.expected(), readBack, intent.prior());
  }

  private LoopRecord in(Set<LoopState> allowed, LoopEvent event) {
    if (!allowed.contains(state)) {
      throw new IllegalStateException(
          "loop "
              + id
              + " is "
              + state
              + "; `"
              + event.getClass().getSimpleName()
              + "` is possible in "
              + allowed);
    }
    return this;
  }

  private LoopRecord with(LoopState next, Instant at, String text, String by) {
    state.requireNext(next, id);
    return change(
        b -> {
          b.state = next;
          b.updatedAt = at;
          b.history = append(history, new Step(at, next, text, by));
        });
  }

  private LoopRecord touched(Instant at) {
    return change(b -> b.updatedAt = at);
  }

  private static <T> List<T> append(List<T> list, T item) {
    var longer = new ArrayList<T>(list.size() + 1);
    longer.addAll(list);
    longer.add(item);
    return longer;
  }

  private LoopRecord change(java.util.function.Consumer<Draft> edit) {
    var draft = new Draft(this);
    edit.accept(draft);
    return draft.build();
  }

  /** The components that events change. */
  private static final class Draft {
    private final LoopRecord old;
    private LoopState state;
    private Instant updatedAt;
    private @Nullable Approval endorsement;
    private @Nullable Approval approval;
    private @Nullable Instant deadline;
    private LoopEvent.@Nullable SettlingMeasured settling;
    private List<Pair> pairs;
    private List<Window> windows;
    private @Nullable Verdict verdict;
    private LoopEvent.@Nullable Remeasured remeasured;
    private LoopEvent.@Nullable Intent openIntent;
    private @Nullable Undone undone;
    private boolean ownerConflict;
    private List<Step> history;

    Draft(LoopRecord old) {
      this.old = old;
      state = old.state;
      updatedAt = old.updatedAt;
      endorsement = old.endorsement;
      approval = old.approval;
      deadline = old.deadline;
      settling = old.settling;
      pairs = old.pairs;
      windows = old.windows;
      verdict = old.verdict;
      remeasured = old.remeasured;
      openIntent = old.openIntent;
      undone = old.undone;
      ownerConflict = old.ownerConflict;
      history = old.history;
    }

    LoopRecord build() {
      return new LoopRecord(
          old.id,
          state,
          updatedAt,
          old.finding,
          old.recommendation,
          old.plan,
          old.planHash,
          old.forecast,
          endorsement,
          approval,
          deadline,
          settling,
          pairs,
          windows,
          verdict,
          remeasured,
          openIntent,
          undone,
          ownerConflict,
          history);
    }
  }
}
