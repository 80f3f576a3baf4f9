// For .ci/modules, which judges types: CodeMirror's modules come when the site is built.
declare module "*.mjs";
