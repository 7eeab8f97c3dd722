package dev.coffer.tools.command;

import dev.coffer.linux.Fd;
import dev.coffer.linux.WindowSize;
import dev.coffer.runtime.RawTerminal;
import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.top.Board;
import dev.coffer.tools.top.Ranking;
import dev.coffer.tools.top.TopBatch;
import dev.coffer.tools.top.TopKeys;
import dev.coffer.tools.top.TopScreen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** lxc-top, and {@code coffer top}: what running containers use, as it goes on. */
public final class TopTool implements Tool {
  private static final Duration SCREEN_DELAY = Duration.ofSeconds(3);
  private static final Duration BATCH_DELAY = Duration.ofSeconds(300);
  private static final Duration ONCE = Duration.ofSeconds(1);
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);

  /** How soon a new size of the terminal, or that nobody looks any more, is noticed. */
  private static final long LOOK_AGAIN_MILLIS = 200;

  private static final String ALTERNATE_SCREEN = "\033[?1049h\033[?25l";
  private static final String USUAL_SCREEN = "\033[?25h\033[?1049l";

  private static final Option DELAY =
      Option.value(
          'd',
          "delay",
          "SECONDS",
          "Time between two measurements, also a fraction; 3 by default, 300 with -b.");
  private static final Option BATCH =
      Option.flag(
          'b', "batch", "Comma separated values for a file, a line per container each time.");
  private static final Option SORT =
      Option.value(
          's',
          "sort",
          "KEY",
          "Sort by n name, c processor time, b block I/O, m memory, s memory and swap, k kernel"
              + " memory, i network, t tasks.");
  private static final Option REVERSE = Option.flag('r', "reverse", "Sort the other way round.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-top",
          "[OPTION...]",
          "shows what running containers use, as it goes on",
          "Keys: q leaves; n, c, b, m, s, k, i and t sort as --sort does, r turns the order round;"
              + " arrows and Page Up and Down move through a table that is longer than the screen."
              + " Bars show the last minutes: of one processor, and of the memory limit or else of"
              + " the most that any container uses.",
          OptionTable.of(DELAY, BATCH, SORT, REVERSE),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public Launch launches(Arguments arguments) {
    return arguments.has(BATCH) ? Launch.NONE : Launch.FOREGROUND;
  }

  @Override
  public int run(Session session) {
    boolean ours = session.face() == Face.COFFER;
    Ranking ranking =
        session.value(SORT).map(TopTool::ranking).orElse(ours ? Ranking.CPU : Ranking.NAME);
    boolean largestFirst = session.has(REVERSE) != (ours && ranking != Ranking.NAME);
    Board board = new Board(session.coffer(), session.lxcPath());
    if (session.has(BATCH)) {
      batch(session, board, ranking, largestFirst);
      return Runner.OK;
    }
    boolean terminal =
        session.invocation().stdinIsTerminal() && session.invocation().stdoutIsTerminal();
    if (!terminal && !ours) {
      session.err().println("stdin is not a tty\nFailed to setup terminal");
      return Runner.FAILED;
    }
    Duration delay = delay(session, SCREEN_DELAY);
    if (terminal) {
      follow(session, board, new TopKeys(ranking, largestFirst, ours), delay);
    } else {
      once(session, board, ranking, largestFirst);
    }
    return Runner.OK;
  }

  private static Ranking ranking(String text) {
    return Optional.of(text)
        .filter(one -> one.length() == 1)
        .flatMap(one -> Ranking.find(one.charAt(0)))
        .orElseThrow(() -> new BadArgument("'" + text + "' is no key to sort by: ncbmskit"));
  }

  private static Duration delay(Session session, Duration usual) {
    Optional<String> text = session.value(DELAY);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      double seconds = Double.parseDouble(text.get().strip());
      if (seconds > 0 && seconds <= LONGEST.toSeconds()) {
        Duration delay = Duration.ofMillis(Math.round(seconds * 1000));
        return delay.compareTo(SHORTEST) < 0 ? SHORTEST : delay;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new BadArgument("-d " + text.get() + ": not a number of seconds up to a day");
  }

  private static void batch(Session session, Board board, Ranking ranking, boolean largestFirst) {
    Duration delay = delay(session, BATCH_DELAY);
    session.out().println(TopBatch.HEADER);
    do {
      board.measure();
      long now = System.currentTimeMillis();
      board
          .ranked(ranking, largestFirst)
          .forEach(track -> session.out().println(TopBatch.line(now, track)));
      session.flush();
    } while (pause(session, delay));
  }

  /** Where there is no terminal: one table, of what was used in the last second. */
  private static void once(Session session, Board board, Ranking ranking, boolean largestFirst) {
    board.measure();
    if (!pause(session, ONCE)) {
      return;
    }
    board.measure();
    int columns = session.invocation().columns();
    screen(session)
        .table(board.ranked(ranking, largestFirst), columns > 0 ? columns : Integer.MAX_VALUE)
        .forEach(line -> session.out().println(line.stripTrailing()));
  }

  /** Returns whether there is still somebody to go on for. */
  private static boolean pause(Session session, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try {
      while (System.nanoTime() < end) {
        if (session.out().isAbandoned()) {
          return false;
        }
        Thread.sleep(Math.clamp((end - System.nanoTime()) / 1_000_000, 1, LOOK_AGAIN_MILLIS));
      }
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void follow(Session session, Board board, TopKeys keys, Duration delay) {
    Fd keyboard = session.invocation().caller().stream(0).orElseThrow();
    Fd display = session.invocation().caller().stream(1).orElseThrow();
    session.flush();
    try (RawTerminal terminal = RawTerminal.open(session.invocation().caller())) {
      session.out().print(ALTERNATE_SCREEN);
      try {
        watch(session, board, keys, delay, new Ends(keyboard, display, terminal));
      } finally {
        session.out().print(USUAL_SCREEN);
        session.flush();
      }
    }
  }

  private record Ends(Fd keyboard, Fd display, RawTerminal terminal) {
    WindowSize size() {
      return WindowSize.read(display)
          .filter(size -> size.rows() > 0 && size.columns() > 0)
          .orElse(new WindowSize(24, 80));
    }
  }

  private static void watch(Session session, Board board, TopKeys keys, Duration delay, Ends ends) {
    TopScreen screen = screen(session);
    byte[] pressed = new byte[64];
    long due = System.nanoTime();
    WindowSize drawn = null;
    while (!Thread.currentThread().isInterrupted() && !ends.terminal().isOver()) {
      boolean anew = drawn == null;
      if (System.nanoTime() >= due) {
        board.measure();
        due = System.nanoTime() + delay.toNanos();
        anew = true;
      }
      WindowSize size = ends.size();
      if (anew || !size.equals(drawn)) {
        draw(session, screen, board, keys, size);
        drawn = size;
      }
      long left = Math.clamp((due - System.nanoTime()) / 1_000_000, 0, LOOK_AGAIN_MILLIS);
      if (ends.keyboard().waitReadable(left)) {
        int count = ends.keyboard().read(pressed);
        if (count < 0 || !keys.press(pressed, count, size.rows())) {
          return;
        }
        drawn = null;
      }
    }
  }

  private static TopScreen screen(Session session) {
    return TopScreen.of(
        session.invocation().environment(),
        session.paint(),
        Runtime.getRuntime().availableProcessors());
  }

  /** Over what is there, so that nothing flickers. */
  private static void draw(
      Session session, TopScreen screen, Board board, TopKeys keys, WindowSize size) {
    StringBuilder text = new StringBuilder("\033[H");
    List<String> lines = screen.draw(keys.view(board), size.rows(), size.columns());
    for (int i = 0; i < lines.size(); i++) {
      text.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append("\033[K");
    }
    text.append("\033[J");
    session.out().print(text.toString());
    session.flush();
  }
}
