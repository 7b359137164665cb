/** How a database is set up and kept: settings, vacuum and statistics. */
@NullMarked
package dev.hone.layer.database.upkeep;

import org.jspecify.annotations.NullMarked;
