package dev.hone.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the house run one way. */
@AnalyzeClasses(packages = "dev.hone", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule theLoopKnowsOnlyTheJdk =
      classes()
          .that()
          .resideInAPackage("dev.hone.loop..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.hone.loop..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule metricsKnowNoOtherRoom =
      noClasses()
          .that()
          .resideInAPackage("dev.hone.metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.hone.loop..", "dev.hone.layer..", "dev.hone.server..");

  @ArchTest
  static final ArchRule aLayerKnowsNoServer =
      noClasses()
          .that()
          .resideInAPackage("dev.hone.layer..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.hone.server..", "dev.hone.demo..");

  @ArchTest
  static final ArchRule aLayerKnowsNoOtherLayer =
      slices().matching("dev.hone.layer.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule nothingIsNamedAfterNothing =
      noClasses().should().haveNameMatching(".*(Impl|Manager|Utils|Helper)$");
}
