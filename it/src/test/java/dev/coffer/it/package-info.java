/**
 * Tests as a user would do it: the built tools, run as root on a throw-away machine, each test with
 * an engine, a container folder and names of its own.
 */
package dev.coffer.it;
