/** Throw-away containers for JUnit tests: {@link dev.coffer.junit.Contained}. */
package dev.coffer.junit;
