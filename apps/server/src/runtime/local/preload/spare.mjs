// Loaded by `spare.cjs` for the sake of being loaded.
import 'node:http';
