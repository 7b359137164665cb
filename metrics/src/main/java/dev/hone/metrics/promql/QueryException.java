package dev.hone.metrics.promql;

/** A query cannot be answered; the message is a sentence for whoever asked. */
public abstract sealed class QueryException extends RuntimeException {
  QueryException(String message) {
    super(message);
  }

  /** The text is not PromQL. */
  public static final class Syntax extends QueryException {
    private final int position;

    Syntax(String text, int position, String message) {
      super(place(text, position) + ": parse error: " + message);
      this.position = position;
    }

    /** Where in the text, counted in characters from 0. */
    public int position() {
      return position;
    }

    private static String place(String text, int position) {
      int line = 1;
      int column = 1;
      for (int i = 0; i < position && i < text.length(); i++) {
        if (text.charAt(i) == '\n') {
          line++;
          column = 1;
        } else {
          column++;
        }
      }
      return line + ":" + column;
    }
  }

  /** The data do not allow an answer, for example because a match is ambiguous. */
  public static final class Execution extends QueryException {
    Execution(String message) {
      super(message);
    }
  }

  /** It would take more time or memory than a query may. */
  public static final class Limit extends QueryException {
    Limit(String message) {
      super(message);
    }
  }
}
