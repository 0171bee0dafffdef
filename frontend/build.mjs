/**
 * Bundle what browsers receive into `evaluator_app/assets/dist`, and write its `manifest.json`.
 *
 *   node frontend/build.mjs [--watch]
 *
 * Entries: `app.js`, `desk.js`, `app.css`, `boot.js`, every `pages/*.js` and `pages/*.css`, and every
 * `*.worker.js`. A template asks for `asset('console.js')`; the manifest says under which hashed
 * name it is served. Icons: the few that templates and code name, gathered into one sprite; an unknown
 * name ends the build. Of Tabler's styles: the rules whose classes and elements some template, script
 * or Python file names. Fonts for PDFs go to `dist/fonts` under their plain names.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import * as esbuild from 'esbuild';
import { PurgeCSS } from 'purgecss';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..');
const MODULES = join(ROOT, 'node_modules');
const DIST = join(ROOT, 'evaluator_app', 'assets', 'dist');

/** Fonts that ReportLab embeds: [file in the package, name in dist/fonts]. */
const PDF_FONTS = [
  ['@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf', 'Inter-Regular.ttf'],
  ['@expo-google-fonts/inter/400Regular_Italic/Inter_400Regular_Italic.ttf', 'Inter-Italic.ttf'],
  ['@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf', 'Inter-Medium.ttf'],
  ['@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf', 'Inter-SemiBold.ttf'],
  ['@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf', 'Inter-Bold.ttf'],
  ['@expo-google-fonts/inter/LICENSE_FONT', 'Inter-LICENSE.txt'],
  ['@expo-google-fonts/source-serif-4/400Regular/SourceSerif4_400Regular.ttf', 'SourceSerif4-Regular.ttf'],
  ['@expo-google-fonts/source-serif-4/400Regular_Italic/SourceSerif4_400Regular_Italic.ttf', 'SourceSerif4-Italic.ttf'],
  ['@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf', 'SourceSerif4-SemiBold.ttf'],
  ['@expo-google-fonts/source-serif-4/LICENSE_FONT', 'SourceSerif4-LICENSE.txt'],
];

/** Files served as they are: [file, name that templates ask for]. */
const PLAIN_FILES = [
  [join(HERE, 'favicon.svg'), 'favicon.svg'],
  [join(HERE, 'favicon-alert.svg'), 'favicon-alert.svg'],
  [join(HERE, 'images/console-light.webp'), 'console-light.webp'],
  [join(HERE, 'images/console-dark.webp'), 'console-dark.webp'],
  // The tiny face detector: whether there is a face. No other model of that package is served.
  [join(MODULES, '@vladmandic/face-api/model/tiny_face_detector_model.bin'), 'faces.bin'],
  [join(MODULES, '@vladmandic/face-api/model/tiny_face_detector_model-weights_manifest.json'), 'faces.json'],
  [join(MODULES, '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'), 'faces.wasm'],
  [join(MODULES, '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'), 'faces-simd.wasm'],
];

/** How an icon is named: icon("x") or icon="x" in templates, icon: "x" in scripts. */
const ICON_USES = [
  /\bicon\(\s*["']([a-z0-9-]+)["']/g,
  /\bicon\s*[=:]\s*["']([a-z0-9-]+)["']/g,
  /["']icon["']\s*:\s*["']([a-z0-9-]+)["']/g,
];

/** Where a class or an element of a page can be named; the marks of questions are in the last. */
const PAGE_SOURCES = [
  'templates/**/*.html',
  'frontend/**/*.js',
  'evaluator_app/**/*.py',
  'written_test/questions/*.py',
].map((pattern) => join(ROOT, pattern));

/**
 * Of Tabler, leave out the rules that no page can use. Every word of the sources counts as a name, so
 * that a rule too many stays and none is lost; a class is therefore written whole, never put together
 * (`tests/evaluator_app/design/test_styles.py`).
 * @type {esbuild.Plugin}
 */
const tablerInUse = {
  name: 'tabler-in-use',
  setup({ onLoad }) {
    onLoad({ filter: /@tabler\/core\/.*\.css$/ }, async ({ path }) => {
      const [{ css }] = await new PurgeCSS().purge({ content: PAGE_SOURCES, css: [path] });
      return { contents: css, loader: 'css' };
    });
  },
};

/** @param {Buffer|string} content @returns {string} eight characters that change with it */
const digest = (content) => createHash('sha256').update(content).digest('hex').slice(0, 8);

/** @param {string} name @param {Buffer|string} content @returns {string} the name with its digest */
const hashed = (name, content) =>
  `${basename(name, extname(name))}-${digest(content)}${extname(name)}`;

/** @param {string} folder @param {string[]} kinds @returns {Promise<string[]>} files, recursively */
async function filesUnder(folder, kinds) {
  if (!existsSync(folder)) return [];
  const files = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['assets', 'node_modules', '__pycache__'].includes(entry.name)) {
        files.push(...(await filesUnder(path, kinds)));
      }
    } else if (kinds.includes(extname(entry.name))) files.push(path);
  }
  return files.sort();
}

/** @param {string} name @returns {string} the file of that icon in @tabler/icons */
const iconFile = (name) =>
  name.endsWith('-filled')
    ? join(MODULES, '@tabler/icons/icons/filled', `${name.slice(0, -7)}.svg`)
    : join(MODULES, '@tabler/icons/icons/outline', `${name}.svg`);

/** @returns {Promise<Map<string, string>>} icon name → the first file that asks for it */
async function iconsAskedFor() {
  const asked = new Map();
  const files = [
    ...(await filesUnder(join(ROOT, 'templates'), ['.html'])),
    ...(await filesUnder(HERE, ['.js'])),
    ...(await filesUnder(join(ROOT, 'evaluator_app'), ['.py'])).filter(
      (file) => !file.includes('migrations'),
    ),
    ...(await filesUnder(join(ROOT, 'results', 'kinds'), ['.py'])),
  ];
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    // Python hands icon names to templates in tables: every literal that is an icon's name counts.
    const uses = file.endsWith('.py') ? [/["']([a-z][a-z0-9-]+)["']/g] : ICON_USES;
    for (const use of uses) {
      for (const [, name] of text.matchAll(use)) {
        if (file.endsWith('.py') && !existsSync(iconFile(name))) continue;
        if (!asked.has(name)) asked.set(name, relative(ROOT, file));
      }
    }
  }
  const always = await readFile(join(HERE, 'icons.txt'), 'utf8');
  for (const line of always.split('\n')) {
    const name = line.replace(/#.*/, '').trim();
    if (name && !asked.has(name)) asked.set(name, 'icons.txt');
  }
  return asked;
}

/** @returns {Promise<string>} one SVG file with a symbol for each icon in use */
async function sprite() {
  const symbols = [];
  const unknown = [];
  for (const [name, asker] of [...(await iconsAskedFor())].sort()) {
    const filled = name.endsWith('-filled');
    const file = iconFile(name);
    if (!existsSync(file)) {
      unknown.push(`${name} (${asker})`);
      continue;
    }
    const body = (await readFile(file, 'utf8'))
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, '')
      .replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '')
      .replace(/\s*\n\s*/g, '');
    const paint = filled ? ' fill="currentColor" stroke="none"' : '';
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24"${paint}>${body}</symbol>`);
  }
  if (unknown.length) throw new Error(`no such icon in @tabler/icons: ${unknown.join(', ')}`);
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

/** @param {string} path of a file @returns {string} the package that it is from; '' for our own */
const packageOf = (path) => path.split('node_modules/').at(-1)?.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? '';

/**
 * The licences of all packages of which browsers receive something, in full: most packages carry
 * theirs in a file of its own, which no bundler takes along.
 * @param {string[]} files that were bundled or copied
 * @returns {Promise<string>}
 */
async function licences(files) {
  const names = new Set(files.filter((file) => file.includes('node_modules/')).map(packageOf));
  const texts = [...names].sort().map(async (name) => {
    const folder = join(MODULES, name);
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const words = file ? await readFile(join(folder, file), 'utf8') : `Licence: ${license}\n`;
    return `${name} ${version}\n\n${words.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * @param {esbuild.Metafile['outputs']} outputs
 * @param {string} path of one of them
 * @param {Set<string>} [known]
 * @returns {Set<string>} what it imports before it runs, with all that these import
 */
function importsOf(outputs, path, known = new Set()) {
  for (const { path: other, kind } of outputs[path].imports) {
    if (kind !== 'import-statement' || known.has(other)) continue;
    known.add(other);
    importsOf(outputs, other, known);
  }
  return known;
}

/**
 * @param {string} out
 * @returns {Promise<{manifest: Record<string, string>, imports: Record<string, string[]>, inputs: string[]}>}
 *   name asked for → name served, and → names served of what it imports; what they were made from
 */
async function bundle(out) {
  const pages = await filesUnder(join(HERE, 'pages'), ['.js', '.css']);
  const workers = (await filesUnder(HERE, ['.js'])).filter((file) => file.endsWith('.worker.js'));
  const entryPoints = [join(HERE, 'app.js'), join(HERE, 'desk.js'), join(HERE, 'app.css'), ...pages];
  const common = /** @satisfies {esbuild.BuildOptions} */ (/** @type {const} */ ({
    bundle: true,
    minify: true,
    sourcemap: false,
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: ROOT,
    plugins: [tablerInUse],
    outdir: out,
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.woff2': 'file', '.woff': 'empty', '.svg': 'file' },
    // Licence notices of what is bundled lie beside it, under the same name and `.LEGAL.txt`.
    legalComments: 'linked',
  }));
  const results = await Promise.all([
    esbuild.build({ ...common, entryPoints, format: 'esm', splitting: true }),
    // Before the first paint, in the head: a classic script that sets light or dark.
    esbuild.build({ ...common, entryPoints: [join(HERE, 'boot.js')], format: 'iife' }),
    esbuild.build({ ...common, entryPoints: workers, format: 'iife' }),
  ]);
  /** @type {Record<string, string>} */
  const manifest = {};
  /** @type {Record<string, string[]>} */
  const imports = {};
  for (const { metafile } of results) {
    for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
      if (!entryPoint) continue;
      const name = basename(entryPoint);
      if (manifest[name]) throw new Error(`two entries are called ${name}`);
      manifest[name] = basename(path);
      if (name.endsWith('.js')) imports[name] = [...importsOf(metafile.outputs, path)].map((other) => basename(other));
    }
    // The letters that every page begins with: `base.html` asks for them at once.
    for (const path of Object.keys(metafile.outputs)) {
      if (basename(path).startsWith('inter-latin-wght-')) manifest['inter.woff2'] = basename(path);
    }
  }
  return { manifest, imports, inputs: results.flatMap(({ metafile }) => Object.keys(metafile.inputs)) };
}

/**
 * Put a `.br` beside each text file: the style sheet goes over the wire at a tenth of its size.
 * @param {string} folder
 */
async function compress(folder) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  for (const file of await filesUnder(folder, ['.js', '.css', '.svg', '.wasm'])) {
    await writeFile(`${file}.br`, brotliCompressSync(await readFile(file), { params }));
  }
}

/** Build all into a folder beside `dist`, then put it in its place. @returns {Promise<string>} */
async function build() {
  const started = performance.now();
  const out = `${DIST}.${process.pid}`;
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, 'fonts'), { recursive: true });
  try {
    const { manifest, imports, inputs } = await bundle(out);
    const icons = await sprite();
    manifest['icons.svg'] = hashed('icons.svg', icons);
    await writeFile(join(out, manifest['icons.svg']), icons);
    for (const [file, name] of PLAIN_FILES) {
      const content = await readFile(file);
      manifest[name] = hashed(name, content);
      await writeFile(join(out, manifest[name]), content);
    }
    for (const [file, name] of PDF_FONTS) {
      await cp(join(MODULES, file), join(out, 'fonts', name));
    }
    const received = [...inputs, ...PLAIN_FILES.map(([file]) => file), join(MODULES, '@tabler/icons/icons')];
    const notices = await licences(received);
    manifest['licences.txt'] = hashed('licences.txt', notices);
    await writeFile(join(out, manifest['licences.txt']), notices);
    await compress(out);
    const sorted = Object.fromEntries(Object.entries(manifest).sort());
    await writeFile(join(out, 'imports.json'), `${JSON.stringify(imports, null, 2)}\n`);
    await writeFile(join(out, 'manifest.json'), `${JSON.stringify(sorted, null, 2)}\n`);
    const old = `${out}.old`;
    if (existsSync(DIST)) await rename(DIST, old);
    await rename(out, DIST);
    await rm(old, { recursive: true, force: true });
    const entries = Object.keys(sorted).length;
    return `${entries} entries in ${Math.round(performance.now() - started)} ms`;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Build again whenever a source changes; a failed build keeps the last good one. */
async function watch() {
  const { watch: watchFolder } = await import('node:fs/promises');
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let due;
  const again = () => {
    clearTimeout(due);
    due = setTimeout(() => build().then(console.log, (error) => console.error(error.message)), 120);
  };
  const follow = async (/** @type {string} */ folder) => {
    for await (const { filename } of watchFolder(folder, { recursive: true })) {
      if (filename) again();
    }
  };
  await Promise.all([follow(HERE), follow(join(ROOT, 'templates'))]);
}

try {
  console.log(await build());
  if (process.argv.includes('--watch')) await watch();
} catch (error) {
  console.error(`front-end build: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
