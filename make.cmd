@rem make run, make test ... for Windows (in PowerShell: .\make run); the Makefile is for the others.
@setlocal
@cd /d "%~dp0"
@where /q py
@if errorlevel 1 (python -m dupedash.setup %*) else (py -3 -m dupedash.setup %*)
