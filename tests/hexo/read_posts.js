'use strict';
// Reads post files the way Hexo does, for test_publish_posts_hexo.py.
// In: a JSON list of texts. Out: for each, what hexo-front-matter makes of it and what js-yaml makes of its header, or the error.
const frontMatter = require('hexo-front-matter');
const yaml = require('js-yaml');

const attempt = read => {
  try {
    return read();
  } catch (error) {
    return {error: String(error.message)};
  }
};

const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const answers = texts.map(text => ({
  hexo: attempt(() => frontMatter.parse(text)),
  yaml: attempt(() => yaml.load(text.slice(1, text.indexOf('\n---\n', 5))))
}));
process.stdout.write(JSON.stringify(answers));
