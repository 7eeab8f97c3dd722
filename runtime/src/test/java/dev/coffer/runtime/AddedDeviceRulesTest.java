package dev.coffer.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.linux.DeviceRule;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddedDeviceRulesTest {
  @TempDir Path folder;

  private static DeviceRule rule(String text, boolean allow) {
    return DeviceRule.parse(text, allow).orElseThrow();
  }

  private AddedDeviceRules ofAnotherEngine() {
    AddedDeviceRules rules = new AddedDeviceRules(folder.resolve("devices"));
    rules.recall();
    return rules;
  }

  @Test
  void theNextEngineFindsThemInTheirOrder() {
    AddedDeviceRules rules = ofAnotherEngine();
    for (DeviceRule rule :
        List.of(rule("c 1:11 rw", true), rule("b *:7 m", false), rule("c 10:* rwm", true))) {
      rules.note(rules.with(rule));
    }
    assertEquals(
        List.of(rule("c 1:11 rw", true), rule("b *:7 m", false), rule("c 10:* rwm", true)),
        ofAnotherEngine().rules());
  }

  @Test
  void aLaterRuleForTheSameDevicesTakesThePlaceOfTheEarlier() {
    AddedDeviceRules rules = ofAnotherEngine();
    rules.note(rules.with(rule("c 1:11 rw", true)));
    rules.note(rules.with(rule("c 10:200 rwm", true)));
    rules.note(rules.with(rule("c 1:11 rw", false)));
    assertEquals(
        List.of(rule("c 10:200 rwm", true), rule("c 1:11 rw", false)), ofAnotherEngine().rules());
    rules.note(rules.with(rule("a", false)));
    assertEquals(List.of(rule("a", false)), ofAnotherEngine().rules());
  }

  @Test
  void oneThatWasNotPutIntoEffectIsNotNoted() {
    AddedDeviceRules rules = ofAnotherEngine();
    rules.with(rule("c 1:11 rw", true));
    assertEquals(List.of(), rules.rules());
    assertEquals(List.of(), ofAnotherEngine().rules());
  }

  @Test
  void theNextLifeHasNone() {
    AddedDeviceRules rules = ofAnotherEngine();
    rules.note(rules.with(rule("c 1:11 rw", true)));
    rules.forget();
    assertEquals(List.of(), rules.rules());
    assertEquals(List.of(), ofAnotherEngine().rules());
  }
}
