export const flowsWords = { zh: {}, en: {} };
