export const editorWords = { zh: {}, en: {} };
