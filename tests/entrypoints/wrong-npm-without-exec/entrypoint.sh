#!/bin/bash
cd /app
npm install
npm start
