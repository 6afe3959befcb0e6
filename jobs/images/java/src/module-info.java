/**
 * The driver of the Java sandbox. A module that opens nothing: the code under test cannot reach into its objects by
 * reflection, and finds no sun.misc.Unsafe beside it to do so by force.
 */
module assay {
    requires java.se;
    requires jdk.compiler;
    requires org.apiguardian.api;
    requires org.opentest4j;
    requires junit.jupiter.api;
    requires junit.jupiter.engine;
    requires junit.jupiter.params;
    requires junit.platform.commons;
    requires junit.platform.engine;
    requires junit.platform.launcher;

    exports assay.order to
            junit.jupiter.engine,
            junit.platform.commons;
}
