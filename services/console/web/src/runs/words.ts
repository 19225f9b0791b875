export const runsWords = { zh: {}, en: {} };
