package dev.coffer.tools.option;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.tools.command.LxcTools;
import dev.coffer.tools.option.ArgumentReader.Order;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rows were tried out with Debian's lxc 5.0.2 tools. A reading is written as the options with their
 * values and, behind a bar, the operands.
 */
class ArgumentReaderTest {
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          # tool      ¦ arguments                        ¦ reading or message
          lxc-start   ¦ web                              ¦ | web
          lxc-start   ¦ -n web                           ¦ name=web |
          lxc-start   ¦ -nweb -d                         ¦ name=web daemon |
          lxc-start   ¦ --name web                       ¦ name=web |
          lxc-start   ¦ --name=web                       ¦ name=web |
          lxc-start   ¦ --name=                          ¦ name= |
          lxc-start   ¦ web -- /bin/sh -c x              ¦ | web /bin/sh -c x
          lxc-start   ¦ web -F -- -d                     ¦ foreground | web -d
          lxc-start   ¦ -dF web                          ¦ daemon foreground | web
          lxc-start   ¦ -Fp/run/x web                    ¦ foreground pidfile=/run/x | web
          lxc-start   ¦ -Fp /run/x web                   ¦ foreground pidfile=/run/x | web
          lxc-start   ¦ --rcfile=a -f b web              ¦ rcfile=a rcfile=b | web
          lxc-start   ¦ --share-n x web                  ¦ share-net=x | web
          lxc-start   ¦ --p x web                        ¦ pidfile=x | web
          lxc-start   ¦ --pass-status web                ¦ pass-status | web
          lxc-start   ¦ --ex web                         ¦ explain | web
          lxc-start   ¦ -sP x                            ¦ define=P | x
          lxc-start   ¦ --x                              ¦ unrecognized option '--x'
          lxc-start   ¦ -Z                               ¦ invalid option -- 'Z'
          lxc-start   ¦ -dZ                              ¦ invalid option -- 'Z'
          lxc-start   ¦ -n                               ¦ option requires an argument -- 'n'
          lxc-start   ¦ --name                           ¦ option '--name' requires an argument
          lxc-start   ¦ --fore=3 a                       ¦ option '--foreground' doesn't allow an argument
          lxc-start   ¦ --share- x                       ¦ option '--share-' is ambiguous; possibilities: '--share-net' '--share-ipc' '--share-uts' '--share-pid'
          lxc-start   ¦ --share=1                        ¦ option '--share=1' is ambiguous; possibilities: '--share-net' '--share-ipc' '--share-uts' '--share-pid'
          lxc-start   ¦ web ls --version                 ¦ version | web ls
          lxc-start   ¦ --version --bad                  ¦ version |
          lxc-execute ¦ web ls --version                 ¦ version | web ls
          lxc-execute ¦ -u 5 -g6 web -- ls               ¦ uid=5 gid=6 | web ls
          lxc-attach  ¦ web ls -l                        ¦ option requires an argument -- 'l'
          lxc-attach  ¦ web ls -y                        ¦ invalid option -- 'y'
          lxc-attach  ¦ web -- ls -l                     ¦ | web ls -l
          lxc-attach  ¦ -e web                           ¦ elevated-privileges | web
          lxc-attach  ¦ -eCAP web                        ¦ elevated-privileges=CAP | web
          lxc-attach  ¦ web -e BAD                       ¦ elevated-privileges | web BAD
          lxc-attach  ¦ --elevated-privileges=CAP web    ¦ elevated-privileges=CAP | web
          lxc-attach  ¦ --elev web                       ¦ elevated-privileges | web
          lxc-attach  ¦ --keep web                       ¦ option '--keep' is ambiguous; possibilities: '--keep-env' '--keep-var'
          lxc-attach  ¦ web -v                           ¦ option requires an argument -- 'v'
          lxc-stop    ¦ -rkW web                         ¦ reboot kill nowait | web
          lxc-stop    ¦ -t a b                           ¦ timeout=a | b
          lxc-stop    ¦ --noki web                       ¦ nokill | web
          lxc-stop    ¦ --no web                         ¦ option '--no' is ambiguous; possibilities: '--nowait' '--nokill' '--nolock'
          lxc-info    ¦ a b c -P /x                      ¦ lxcpath=/x | a b c
          lxc-info    ¦ -n -P /x                         ¦ name=-P | /x
          lxc-info    ¦ -pH a                            ¦ pid no-humanize | a
          lxc-info    ¦ -pW a                            ¦ invalid option -- 'W'
          lxc-info    ¦ - -P /x                          ¦ lxcpath=/x | -
          lxc-info    ¦ --x=3                            ¦ unrecognized option '--x=3'
          lxc-info    ¦ --n=                             ¦ option '--n=' is ambiguous; possibilities: '--no-humanize' '--name'
          lxc-info    ¦ --st=3 x                         ¦ option '--st=3' is ambiguous; possibilities: '--state' '--stats'
          lxc-info    ¦ --sh=1                           ¦ unrecognized option '--sh=1'
          lxc-info    ¦ -c                               ¦ option requires an argument -- 'c'
          lxc-ls      ¦ --vers                           ¦ version |
          lxc-ls      ¦ --v=3                            ¦ option '--version' doesn't allow an argument
          lxc-ls      ¦ --n                              ¦ option '--n' is ambiguous; possibilities: '--nesting' '--name'
          lxc-ls      ¦ --s=3                            ¦ option '--stopped' doesn't allow an argument
          lxc-ls      ¦ --nest=3 x                       ¦ nesting=3 | x
          lxc-ls      ¦ --nesting 3                      ¦ nesting | 3
          lxc-ls      ¦ --fo x                           ¦ format=x |
          lxc-ls      ¦ -1f -F a,b                       ¦ line fancy fancy-format=a,b |
          lxc-wait    ¦ x -s                             ¦ option requires an argument -- 's'
          lxc-wait    ¦ -s RUNNING -t 5 x                ¦ state=RUNNING timeout=5 | x
          lxc-create  ¦ -n a -t b -6 /x -- --opt         ¦ name=a template=b dir=/x | --opt
          lxc-create  ¦ a -t b --lv x --vg y --thin z    ¦ template=b lvname=x vgname=y thinpool=z | a
          lxc-destroy ¦ -fs x                            ¦ force snapshots | x
          lxc-freeze  ¦ -n a -P /x -- b                  ¦ name=a lxcpath=/x | b
          lxc-unfreeze¦ -?                               ¦ help |
          lxc-unfreeze¦ -h                               ¦ help |
          """)
  void argumentsAreReadAsTheToolsOfLxcDo(String tool, String arguments, String expected) {
    assertEquals(expected.strip(), describe(read(tool.strip(), Order.ANYWHERE, arguments)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          lxc-info    ¦ a --version                      ¦ | a --version
          lxc-info    ¦ -p a -s                          ¦ pid | a -s
          """)
  void optionsEndAtTheFirstOperandWithPosixlyCorrect(
      String tool, String arguments, String expected) {
    assertEquals(expected.strip(), describe(read(tool.strip(), Order.BEFORE_OPERANDS, arguments)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          lxc-attach  ¦ web ls -l                        ¦ | web ls -l
          lxc-attach  ¦ -u 5 web -g 6 ls -u 7            ¦ uid=5 gid=6 | web ls -u 7
          lxc-attach  ¦ -n web ls -l                     ¦ name=web | ls -l
          lxc-attach  ¦ web -- ls -l                     ¦ | web ls -l
          """)
  void optionsEndAtTheCommandBehindTheName(String tool, String arguments, String expected) {
    assertEquals(expected.strip(), describe(read(tool.strip(), Order.BEFORE_COMMAND, arguments)));
  }

  private static Reading read(String tool, Order order, String arguments) {
    OptionTable table = LxcTools.find(tool).orElseThrow().page().options();
    return ArgumentReader.read(table, order, List.of(arguments.strip().split(" ")));
  }

  private static String describe(Reading reading) {
    return switch (reading) {
      case Reading.Refusal refusal -> refusal.message();
      case Arguments arguments -> describe(arguments);
    };
  }

  private static String describe(Arguments arguments) {
    List<String> words = new ArrayList<>();
    for (Arguments.Given given : arguments.options()) {
      String name = given.option().name();
      words.add(given.value() == null ? name : name + "=" + given.value());
    }
    words.add("|");
    words.addAll(arguments.operands());
    return String.join(" ", words);
  }
}
