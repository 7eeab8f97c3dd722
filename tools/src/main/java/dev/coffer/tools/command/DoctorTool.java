package dev.coffer.tools.command;

import dev.coffer.tools.doctor.Examination;
import dev.coffer.tools.doctor.Finding;
import dev.coffer.tools.doctor.Finding.Level;
import dev.coffer.tools.doctor.LiveMachine;
import dev.coffer.tools.doctor.Machine;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Json;
import dev.coffer.tools.text.Paint;
import dev.coffer.tools.text.Paint.Tone;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** {@code coffer doctor}: what this machine offers to containers, and what is missing. */
public final class DoctorTool implements Tool {
  private static final int LEVEL_WIDTH = 9;
  private static final int THING_WIDTH = 32;

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer doctor",
          "[OPTION…]",
          "tells what this machine offers and what is missing",
          "Each line says ok, limited or missing, names the thing, and says what follows from it and"
              + " what to do.\n\n"
              + "Exit code: 0 when containers can run, 1 when something is missing that all of them"
              + " need.\n\n"
              + "--format json prints an array of objects with the members section, level, thing and"
              + " note.",
          OptionTable.bare(OutputFormat.OPTION),
          List.of());

  private final Supplier<Machine> machines;

  public DoctorTool() {
    this(LiveMachine::new);
  }

  DoctorTool(Supplier<Machine> machines) {
    this.machines = machines;
  }

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    OutputFormat format = OutputFormat.of(session);
    Examination found = Examination.of(machines.get());
    session.out().print(format == OutputFormat.JSON ? json(found) : text(found, session.paint()));
    return found.of(Level.MISSING).isEmpty() ? Runner.OK : Runner.FAILED;
  }

  private static String text(Examination found, Paint paint) {
    StringBuilder out = new StringBuilder(4096);
    for (Examination.Section section : found.sections()) {
      out.append(paint.paint(Tone.STRONG, section.title())).append('\n');
      for (Finding finding : section.findings()) {
        line(out, finding, paint);
      }
      out.append('\n');
    }
    return out.append(verdict(found)).append('\n').toString();
  }

  private static void line(StringBuilder out, Finding finding, Paint paint) {
    String word = word(finding.level());
    out.append("  ").append(paint.paint(tone(finding.level()), word));
    out.repeat(' ', LEVEL_WIDTH - word.length()).append(finding.thing());
    if (!finding.note().isEmpty()) {
      out.repeat(' ', Math.max(1, THING_WIDTH - finding.thing().length()));
      out.append("— ").append(finding.note());
    }
    out.append('\n');
  }

  private static String verdict(Examination found) {
    int missing = found.of(Level.MISSING).size();
    int limited = found.of(Level.LIMITED).size();
    if (missing > 0) {
      return "Containers cannot run properly here: "
          + missing
          + " missing, "
          + limited
          + " limited.";
    }
    return limited > 0
        ? "Containers can run here, with " + limited + " limits."
        : "Containers can run here.";
  }

  private static String json(Examination found) {
    Json json = new Json().array();
    for (Examination.Section section : found.sections()) {
      for (Finding finding : section.findings()) {
        json.object().member("section", section.title()).member("level", word(finding.level()));
        json.member("thing", finding.thing()).member("note", finding.note()).endObject();
      }
    }
    return json.endArray().text();
  }

  private static String word(Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  private static Tone tone(Level level) {
    return switch (level) {
      case OK -> Tone.GOOD;
      case LIMITED -> Tone.WARNING;
      case MISSING -> Tone.BAD;
    };
  }
}
