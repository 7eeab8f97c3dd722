package dev.coffer.tools.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.tools.command.LxcTools;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Help, usage, manual page and completion are made from the same rows, so all of them have every
 * option.
 */
class GeneratedTextTest {
  static final List<String> TOOLS = LxcTools.NAMES;

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-x",
          "--name=NAME",
          "does x",
          "First.\n\n.Second \\ with - dashes…",
          OptionTable.bare(
              Option.flag('a', "all", "All of it."),
              Option.value("size", "SIZE", "How much.").under("For loops"),
              Option.optional('e', "extra", "WHAT", "More.")),
          List.of(new CommandPage.Example("lxc-x -a", "does all")));

  @ParameterizedTest
  @FieldSource("TOOLS")
  void everyOptionIsInEveryText(String tool) {
    CommandPage page = LxcTools.find(tool).orElseThrow().page();
    String completion = BashCompletion.of(List.of(page), "coffer", List.of());
    for (Option option : page.options().all()) {
      if (option == CommonOptions.NAME && !page.arguments().contains("NAME")) {
        continue; // lxc-ls takes it and does nothing with it
      }
      String name = "--" + option.name();
      assertTrue(HelpText.lxc(page).contains(name), name);
      assertTrue(HelpText.coffer(page).contains(name), name);
      assertTrue(HelpText.usage(page).contains(name), name);
      assertTrue(ManualPage.of(page).contains(ManualPage.escape(name)), name);
      assertTrue(completion.contains(name), name);
      if (option.showsLetter() && option != CommonOptions.HELP) {
        assertTrue(HelpText.lxc(page).contains("-" + option.letter() + ", "), name);
        assertTrue(ManualPage.of(page).contains("\\fB\\-" + option.letter() + "\\fR"), name);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("TOOLS")
  void noLineOfHelpIsWiderThanATerminal(String tool) {
    HelpText.lxc(LxcTools.find(tool).orElseThrow().page())
        .lines()
        .skip(1)
        .forEach(line -> assertTrue(line.length() <= 80, line));
  }

  @Test
  void helpHasGroupsUnderTheirHeadings() {
    assertTrue(
        HelpText.lxc(PAGE)
            .startsWith(
                """
                Usage: lxc-x --name=NAME

                lxc-x: does x

                Options :
                  -a, --all           All of it.
                  -e, --extra[=WHAT]  More.

                  For loops:
                      --size=SIZE  How much.

                Common options :
                """),
        HelpText.lxc(PAGE));
  }

  @Test
  void manualPagesEscapeWhatTroffWouldTakeForItsOwn() {
    assertEquals(
        """
        .TH LXC-X 1 "" Coffer
        .SH NAME
        lxc\\-x \\- does x
        .SH SYNOPSIS
        .B lxc\\-x
        \\-\\-name=NAME
        .SH DESCRIPTION
        .PP
        First.
        .PP
        \\&.Second \\e with \\- dashes\\[u2026]
        .SH OPTIONS
        .TP
        \\fB\\-a\\fR, \\fB\\-\\-all\\fR
        All of it.
        .TP
        \\fB\\-\\-size=SIZE\\fR
        For loops: How much.
        .TP
        \\fB\\-e\\fR, \\fB\\-\\-extra[=WHAT]\\fR
        More.
        .SH COMMON OPTIONS
        .TP
        \\fB\\-?\\fR, \\fB\\-\\-help\\fR
        Show this help.
        .TP
        \\fB\\-\\-usage\\fR
        Show all options in a few lines.
        .TP
        \\fB\\-\\-version\\fR
        Show the version.
        .PP
        .B Examples
        .TP
        lxc\\-x \\-a
        does all
        .SH SEE ALSO
        .BR coffer (1)
        """,
        ManualPage.of(PAGE));
  }

  @Test
  void completionKnowsToolsVerbsAndNames() {
    String completion =
        BashCompletion.of(
            List.of(PAGE), "coffer", List.of(PAGE.as("coffer x", "NAME", "does x", List.of())));
    assertTrue(
        completion.endsWith(
            """
            _coffer_lxc_x() {
              _coffer_words "$2" yes -a --all --size= -e --extra -h --help --usage --version
            }
            complete -o default -F _coffer_lxc_x lxc-x
            _coffer() {
              if ((COMP_CWORD == 1)); then
                COMPREPLY=($(compgen -W "x --help --version" -- "$2"))
                return
              fi
              case ${COMP_WORDS[1]} in
                x) _coffer_words "$2" yes -a --all --size= -e --extra -h --help --usage --version ;;
              esac
            }
            complete -o default -F _coffer coffer
            """),
        completion);
  }
}
